"""Unpacks image layers into a folder, in which they stay.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath

WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"


def unpack(layer: Path, root: Path) -> None:
    """Apply one layer (tar, plain or compressed) to `root`; raises tarfile.TarError for what would leave it."""
    with tarfile.open(layer) as archive:
        members = archive.getmembers()
        # First: a whiteout hides what lower layers brought, never its own layer's files.
        for path in (PurePosixPath(member.name) for member in members):
            if path.name.startswith(WHITEOUT):
                _remove(root, path, path.name)
        for member in members:
            if PurePosixPath(member.name).name.startswith(WHITEOUT):
                continue
            if member.isfile() or member.isdir() or member.islnk() or member.issym():
                _make_way(root, member)
                archive.extract(member, root, filter=_inside)
            # Devices and pipes are left out: they are for a container's own /dev.


def _inside(member: tarfile.TarInfo, root: str) -> tarfile.TarInfo:
    if member.issym() and member.linkname.startswith("/"):
        # In a container the image's root is `/`; here it is a folder, so the link is made relative to it.
        depth = len(PurePosixPath(member.name).parent.parts)
        member = member.replace(linkname="../" * depth + member.linkname.lstrip("/"), deep=False)
    return tarfile.data_filter(member, root)


def _make_way(root: Path, member: tarfile.TarInfo) -> None:
    target = _place(root, PurePosixPath(member.name))
    if target.is_symlink() or (target.exists() and not (target.is_dir() and member.isdir())):
        _delete(target)


def _remove(root: Path, path: PurePosixPath, name: str) -> None:
    folder = _place(root, path).parent
    if name == OPAQUE:
        for entry in folder.iterdir() if folder.is_dir() else ():
            _delete(entry)
        return
    hidden = name.removeprefix(WHITEOUT)
    if hidden in ("", ".", ".."):
        raise tarfile.OutsideDestinationError(tarfile.TarInfo(str(path)), str(folder / hidden))
    _delete(folder / hidden)


def _place(root: Path, path: PurePosixPath) -> Path:
    """Where a member goes; raises OutsideDestinationError when an earlier link or `..` leads out of the root."""
    target = root / str(path).lstrip("/")
    folder = Path(os.path.realpath(target.parent))
    if not folder.is_relative_to(os.path.realpath(root)) or target.name in ("..",):
        raise tarfile.OutsideDestinationError(tarfile.TarInfo(str(path)), str(target))
    return folder / target.name


def _delete(target: Path) -> None:
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)

"""What a task prints: read as it comes, kept in a file, handed out line by line."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 16


class Output:
    """The merged stdout and stderr of one program, whose end of the pipe is `writer`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._size = 0
        self._done = False
        self._news = threading.Condition()
        self._reader, self.writer = os.pipe()
        self._log = file.open("wb", buffering=0)
        threading.Thread(target=self._read, name=f"output-{file.parent.name}", daemon=True).start()

    def started(self) -> None:
        """The program holds its own end now (or never will): let go of ours, so that the end can be seen."""
        os.close(self.writer)

    def lines(self) -> Iterator[bytes]:
        """Chunks of whole lines as they are printed; a last line without an end too. Ends after the program."""
        rest = b""
        with self._file.open("rb") as log:
            while chunk := self._next(log.tell(), log.fileno()):
                log.seek(len(chunk), os.SEEK_CUR)
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                if newline:
                    yield whole + newline
        if rest:
            yield rest

    def tail(self, count: int | None = None) -> bytes:
        """All that was printed, or its last lines."""
        text = self._file.read_bytes() if self._file.exists() else b""
        return text if count is None else b"\n".join(text.splitlines()[-count:])

    def _next(self, position: int, descriptor: int) -> bytes:
        with self._news:
            self._news.wait_for(lambda: self._size > position or self._done)
        return os.pread(descriptor, CHUNK, position)

    def _read(self) -> None:
        while chunk := os.read(self._reader, CHUNK):
            self._log.write(chunk)
            with self._news:
                self._size += len(chunk)
                self._news.notify_all()
        os.close(self._reader)
        self._log.close()
        with self._news:
            self._done = True
            self._news.notify_all()

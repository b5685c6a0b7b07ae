"""What a checkout is: which branch, at which commit, and whether it is that branch merged into the one it goes into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from driver.core.image.build_system import Build
from model.releases import Source


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What git says of a folder.

    `branch` is empty where HEAD is a bare commit. `remotes` are the commits of origin's branches by name, `default` the
    one that origin calls its own. `time` is the commit's, as RFC 3339 has it. `shallow` is a clone that was cut off.
    """

    head: str
    parents: Sequence[str] = ()
    branch: str = ""
    remotes: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    dirty: bool = False
    remote: str = ""
    time: str = ""
    shallow: bool = False


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A folder's source, and what is known beside it. `remote` is origin's URL without a login."""

    source: Source
    remote: str = ""
    time: str = ""
    shallow: bool = False
    build: Build | None = None

    @property
    def number(self) -> str:
        """The number of the build that runs; empty where none does."""
        return self.build.number if self.build else ""


def source_of(facts: Facts, build: Build | None) -> Source:
    """The source, the merge base aside, which only git can tell.

    A build's words count where its commit is the one that is checked out, or was before the system merged it.
    """
    of_build = build is not None and _concerns(build, facts)
    told = build if of_build else None
    branch = told.branch if told and told.branch else facts.branch or _only_branch(facts)
    target = told.target if told else ""
    tip = merged_tip(facts, told) if told and target else ""
    if not target and facts.default and branch and branch != facts.default:
        target = facts.default
    return Source(
        branch=branch or None,
        commit=facts.head,
        dirty=facts.dirty,
        target=target or None,
        tip=tip or None,
        merge_base=(told.merge_base if told else "") or None,
    )


def merged_tip(facts: Facts, build: Build) -> str:
    """The branch's own last commit where HEAD is the branch merged into its target; empty where it is not.

    That two commits were merged is no proof: an author may have merged the target into the branch.
    """
    if len(facts.parents) != 2:
        return ""
    known = facts.remotes.get(build.branch, "")
    if known == facts.head:
        return ""
    for tip in (build.tip, known, build.commit):
        if tip and tip in facts.parents:
            return tip
    if build.target_commit:
        rest = [parent for parent in facts.parents if not parent.startswith(build.target_commit)]
        return rest[0] if len(rest) == 1 else ""
    # A pull request's merge is of the target and the branch, in this order.
    return facts.parents[1] if build.merges and build.commit == facts.head else ""


def _concerns(build: Build, facts: Facts) -> bool:
    """Whether a build's words are of this checkout, and not of another repository or another branch."""
    same = build.is_of(facts.remote)
    if same is False:
        return False
    # The target itself, which is what a build on `pull_request_target` checks out unless it is told otherwise.
    if not build.commit and build.target_commit:
        return facts.head != build.target_commit
    if build.commit in {"", facts.head, *facts.parents}:
        return True
    return bool(same) and facts.branch in {"", build.branch}


def _only_branch(facts: Facts) -> str:
    """The one branch of origin that a bare commit is the last of."""
    found = [name for name, commit in facts.remotes.items() if commit == facts.head]
    return found[0] if len(found) == 1 else ""

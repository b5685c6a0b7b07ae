"""`pipeline`: from a commit to a release, each step run, skipped where its result is there, or told why it failed."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.commands.deploy import ship, world_of
from driver.commands.image_build import ArgOption, BuilderOption, FileOption, Quiet, SecretOption, TargetOption
from driver.commands.image_building import Job, Options, opened, prepare
from driver.commands.image_folder import PathOption, TagOption, images_of, read, settings_of
from driver.views.options import App, Env, Releasing, releasing

if TYPE_CHECKING:
    from driver.adapters.oci.archive import Archive
    from driver.core.pipeline.steps import Report, Step, Told
    from driver.core.ports import Image, World

Only = Annotated[
    str, typer.Option("--only", metavar="STEP", help="This step alone: lint, build, push, deploy, heroku, marks.")
]
From = Annotated[str, typer.Option("--from", metavar="STEP", help="This step and those after it.")]
HerokuOption = Annotated[
    str, typer.Option("--heroku", metavar="HEROKU_APP", help="Release the very same commit at Heroku too.")
]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Write the report to this file, as JSON.")]
JUnit = Annotated[Path | None, typer.Option("--junit", help="Write the steps to this file, as JUnit has them.")]
Summary = Annotated[
    Path | None,
    typer.Option("--summary", envvar="GITHUB_STEP_SUMMARY", help="Add a page for people to this file, in Markdown."),
]


@releasing
def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    path: PathOption = Path(),
    tag: TagOption = None,
    only: Only = "",
    begin: From = "",
    heroku: HerokuOption = "",
    report: ReportOption = None,
    junit: JUnit = None,
    summary: Summary = None,
    file: FileOption = None,
    target: TargetOption = "",
    builder: BuilderOption = "",
    build_arg: ArgOption = None,
    secret: SecretOption = None,
    quiet: Quiet = False,
    *,
    options: Releasing,
) -> None:
    """Lint, build, push and deploy APP's folder, and look that it is kept. What is there already is not done again."""
    from driver.core.pipeline import steps

    chosen = steps.wanted(only, begin)
    building = Options(
        path=path,
        tag=tag,
        file=file,
        target=target,
        builder=builder,
        build_args=tuple(build_arg or ()),
        secrets=tuple(secret or ()),
        quiet=quiet,
    )
    made = steps.Report(app=app, env=env)
    with ExitStack() as stack:
        line = _Line(
            ctx=ctx, env=env, app=app, heroku=heroku, building=building, options=options, report=made, stack=stack
        )
        steps.run(made, line.steps(), chosen, time.monotonic, console.say)
    _write(made, report, junit, summary)
    _answer(made, options)


@dataclass(kw_only=True)
class _Line:
    """The steps of one pipeline, and what one of them hands to the next."""

    ctx: typer.Context
    env: str
    app: str
    heroku: str
    building: Options
    options: Releasing
    report: "Report"
    stack: ExitStack
    archive: "Archive | None" = None
    _jobs: list[Job] = field(default_factory=list)

    def steps(self) -> "list[Step]":
        """In their order."""
        from driver.core.pipeline.steps import Name, Step

        does = {Name.LINT: self._lint, Name.BUILD: self._build, Name.PUSH: self._push}
        does |= {Name.DEPLOY: self._deploy, Name.HEROKU: self._heroku, Name.MARKS: self._marks}
        return [Step(name=name, do=do) for name, do in does.items()]

    def _lint(self) -> "Told":
        from driver.core.pipeline.steps import Told

        settings, spec = settings_of(self.ctx.obj, self.env, self.app)
        procfile, advice = read(self.building.path, self.app, spec)
        notes = f", {len(advice)} notes" if advice else ""
        return Told(words=f"{len(procfile)} processes of {len(settings.apps)} apps' settings are good{notes}")

    def _build(self) -> "Told":
        from driver.core.pipeline.steps import Told

        if (there := self._there()) is not None:
            return Told(words=f"{self._tag()} is in the registry: {there.digest[:19]}", there=True)
        job = self._job()
        if self.options.dry_run:
            return Told(words=f"would build with {job.tool}", there=True)
        self.archive = self.stack.enter_context(opened(job))
        return Told(words=f"built with {job.tool} for {', '.join(job.request.platforms)}")

    def _push(self) -> "Told":
        from driver.adapters.aws.ecr.wrapping import EcrWrapping
        from driver.core.pipeline.steps import Told
        from driver.errors import NotReady

        if (there := self._there()) is not None:
            return Told(words=f"{self._tag()} is in the registry: {there.digest[:19]}", there=True)
        if self.options.dry_run:
            return Told(words="would push it with its entrypoints", there=True)
        job = self._job()
        if self.archive is None:
            raise NotReady(
                f"nothing was built, and {self._tag() or 'such an image'} is not in the registry",
                hint=f"Build it too: slipway pipeline {self.env} {self.app} --from build",
            )
        target = EcrWrapping(images_of(job.settings), job.repository, job.request.platforms)
        wrapped, image = target.push_from(self.archive, target.read(self.archive, job.wish), console.say)
        self.report.facts |= {"tag": wrapped.tag, "image": image.reference}
        return Told(words=f"{wrapped.tag} as {image.digest[:19]}")

    def _deploy(self) -> "Told":
        from driver.core.pipeline.steps import Told
        from driver.core.preflight.findings import parse_force
        from driver.core.release.deploy import Request
        from driver.core.values.release import Verdict

        world = world_of(self.ctx, self.env, self.app, self.options)
        if self.options.dry_run:
            return Told(words="would deploy it", there=True)
        image = self._image(world)
        last = next(iter(world.ledger.releases(self.app, 1)), None)
        if last is not None and last.verdict is Verdict.SUCCEEDED and last.pin.digest == image.digest:
            self.report.facts["release"] = last.version
            return Told(words=f"{last.version} is of this image, and succeeded", there=True)
        force = parse_force(self.options.force or ())
        request = Request(
            app=self.app, image=image.reference, no_rollback_past=self.options.no_rollback_past, force=force
        )
        plan, pin = ship(world, request, f"pipeline {self.report.facts.get('tag', '')}".strip(), self.options.lock_wait)
        self.report.facts["release"] = pin.version
        return Told(words=f"{pin.version} runs: all of {', '.join(plan.app.services)}")

    def _heroku(self) -> "Told":
        from driver.adapters.project import git
        from driver.core.importing import pushing
        from driver.core.pipeline.steps import Told
        from driver.wiring import heroku

        if not self.heroku:
            return Told(words="no app at Heroku was named", there=True)
        commit, asked = self._commit(), heroku()
        with TemporaryDirectory(prefix="slipway-") as folder:
            file = Path(folder) / "source.tgz"
            plan = pushing.plan(asked.app(self.heroku), git.archive(self.building.path, commit, file), "as here")
            console.say(plan.line())
            if plan.needless:
                return Told(words=f"{self.heroku} runs {plan.commit[:12]}", there=True)
            if self.options.dry_run:
                return Told(words=f"would release {plan.commit[:12]} at {self.heroku}", there=True)
            built = asked.build(self.heroku, file, plan.commit, console.say)
        pushing.check(plan, built, asked.app(self.heroku))
        self.report.facts["heroku"] = f"{self.heroku} v{built.release}"
        return Told(words=f"{self.heroku}, v{built.release}, runs {plan.commit[:12]}")

    def _commit(self) -> str:
        """The commit that the folder is at, which is all that both sides can have alike. Raises NotReady."""
        from driver.adapters.project import git
        from driver.errors import NotReady

        source = git.source(self.building.path)
        if source is None or source.commit is None or source.dirty:
            raise NotReady(
                f"{self.building.path} is not just a commit, so that Heroku can't be given the same",
                hint="Commit what differs, then run it again.",
            )
        return source.commit

    def _marks(self) -> "Told":
        from driver.core.pipeline.steps import Told
        from driver.core.values.release import RUNS
        from driver.errors import NotReady

        if self.options.dry_run:
            return Told(words="would look for its verdict in the ledger", there=True)
        world = world_of(self.ctx, self.env, self.app, self.options)
        image = self._image(world)
        found = next((row for row in world.ledger.releases(self.app) if row.pin.digest == image.digest), None)
        if found is None or found.verdict not in RUNS:
            raise NotReady(
                f"no release of {image.digest[:19]} has come up in {self.env}",
                hint=f"Deploy it: slipway pipeline {self.env} {self.app} --from deploy",
            )
        kept = world.settings.names(self.app).keep_tag(found.number) in image.tags
        self.report.facts |= {"release": found.version, "who": found.who}
        return Told(words=f"{found.version} {found.verdict}, {'kept' if kept else 'not kept yet'} for a rollback")

    def _job(self) -> Job:
        from driver.core.image.entrypoints import scripts

        if not self._jobs:
            settings, spec = settings_of(self.ctx.obj, self.env, self.app)
            procfile, _ = read(self.building.path, self.app, spec, quiet=True)
            self._jobs.append(prepare(settings, self.app, scripts(procfile), self.building))
        return self._jobs[0]

    def _tag(self) -> str:
        """The tag, as far as it is known before anything is built: a folder with changes is named by what is built."""
        from driver.commands.image_folder import named
        from driver.core.image.naming import default_tag

        if "tag" not in self.report.facts:
            settings, _ = settings_of(self.ctx.obj, self.env, self.app)
            source, naming = named(self.building.path, settings)
            if self.building.tag is None and (source is None or source.dirty):
                return ""
            self.report.facts["tag"] = self.building.tag or default_tag(source, "", naming)
            self.report.facts["source"] = str(source or "")
        return self.report.facts["tag"]

    def _there(self) -> "Image | None":
        settings, _ = settings_of(self.ctx.obj, self.env, self.app)
        repository, tag = settings.names(self.app).repository, self._tag()
        images = images_of(settings)
        if not tag or not images.exists(repository, tag):
            return None
        found = images.resolve(repository, tag)
        self.report.facts["image"] = found.reference
        return found

    def _image(self, world: "World") -> "Image":
        """The image of this pipeline, which is in the registry. Raises NotReady."""
        from driver.errors import NotReady

        if not (known := self.report.facts.get("image") or self._tag()):
            raise NotReady(
                f"{self.building.path} has changes that are in no commit, so that its image has no name yet",
                hint="Commit them, or name the image: --tag TAG",
            )
        return world.images.resolve(world.settings.names(self.app).repository, known)


def _write(made: "Report", report: Path | None, junit: Path | None, summary: Path | None) -> None:
    import json

    from driver.core.pipeline import report as pipeline_report

    if report is not None:
        _file(report, json.dumps(pipeline_report.plain(made), indent=2) + "\n")
    if junit is not None:
        _file(junit, pipeline_report.junit(made))
    if summary is not None:
        _file(summary, pipeline_report.markdown(made), add=True)


def _file(path: Path, text: str, *, add: bool = False) -> None:
    """A file that can't be written is told, and fails no release."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if add else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        console.say(f"note: {path} can't be written: {error.strerror or error}")


def _answer(made: "Report", options: Releasing) -> None:
    """The answer, and for what failed its own error, with the exit code of the step."""
    from driver.core.pipeline import report as pipeline_report

    if options.as_json:
        console.answer_json(pipeline_report.plain(made))
    if made.failure is not None:
        raise made.failure
    if not options.as_json:
        release = made.facts.get("release", "")
        done = f"{made.app} {release}".strip()
        words = "; nothing was changed" if options.dry_run else ""
        console.answer(f"{done} in {made.env}: {', '.join(f'{row.name} {row.outcome}' for row in made.results)}{words}")

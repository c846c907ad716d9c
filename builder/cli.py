"""The command line of ``build.py``; standard library only, so that ``--help`` needs no set-up."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from builder import bootstrap, npm
from builder.errors import BuildError
from builder.lock import build_lock
from builder.paths import BUILD_LOCK, CACHE, DEV_LOCK, ROOT, VENV
from builder.report import complain

if TYPE_CHECKING:
    from pathlib import Path

_EPILOG = """examples:
  python3 build.py                        build the site into dist/
  python3 build.py serve                  build, then serve it at http://localhost:8000/
  python3 build.py serve --port 9000
  python3 build.py serve --watch          the same, and build again what changes
  python3 build.py test                   lint, types and every test
  python3 build.py test -k blur -x        pytest alone, with these arguments
  python3 build.py generate               after a change of an option or an effect
  python3 build.py bench                  compare with the peers, print ratios
  python3 build.py soak --minutes 60      use one page for an hour, print what has grown

All set-up (.venv, node_modules) is done on the way, and only when something has changed; test, bench and soak need
more than build and serve, and fetch it when they are first run."""

_HANDING_ON = {
    "test": "build, then run lint, types and every test; with arguments, pytest alone with them",
    "bench": "build, then measure against the peers; arguments go to the benchmark",
    "soak": "build, then use one page for long and see what grows; arguments go to it",
}
"""Commands whose arguments go to somebody else, and which need what the tests need."""


def parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    whole = argparse.ArgumentParser(
        prog="build.py",
        description="Build, serve, test and measure pyselfie.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(dest="command", metavar="command")
    commands.add_parser("build", help="set everything up and build the site into dist/ (the default)")
    serve = commands.add_parser("serve", help="build, then serve dist/ until Ctrl-C")
    serve.add_argument(
        "--port", type=_port, default=None, metavar="N", help="port; without it 8000, or the next free one"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    serve.add_argument(
        "--no-isolation",
        action="store_true",
        help="leave out COOP and COEP, as plain static hosts do (one thread then)",
    )
    serve.add_argument(
        "--offline",
        action="store_true",
        help="let browsers keep the site for use without a network, as on its host (and show an older build)",
    )
    serve.add_argument(
        "--watch",
        action="store_true",
        help="build again what changes in web/, pysrc/, models/ and docs/, and reload the page",
    )
    commands.add_parser("generate", help="write the table of options to the scripts, types and documents that have it")
    for name, text in _HANDING_ON.items():
        own = f"Its own options: build.py {name} -- --help, which fetches and builds what it needs first."
        commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=own)
    return whole


def parse(given: list[str]) -> argparse.Namespace:
    """Parse a command line; what follows one of `_HANDING_ON` becomes the option ``passed_on``, as it is.

    The line is split here because argparse keeps neither unknown options nor a second ``--`` apart from its own.
    """
    hands_on = bool(given) and given[0] in _HANDING_ON and given[1:2] not in (["-h"], ["--help"])
    options = parser().parse_args(given[:1] if hands_on else given)
    options.passed_on = given[2:] if given[1:2] == ["--"] else given[1:]
    return options


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a whole number from 1 to 65535")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parse(given)
    try:
        bootstrap.check_node()
        locks = (DEV_LOCK,) if options.command in _HANDING_ON else (BUILD_LOCK, DEV_LOCK)
        if not bootstrap.is_ready(VENV, *locks):
            return bootstrap.re_execute(_interpreter(*locks), [str(ROOT / "build.py"), *given])
        from builder.commands import run  # noqa: PLC0415 - needs what is installed in .venv

        return run(options)
    except BuildError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("stopped.")
        return 130


def _interpreter(*locks: Path) -> Path:
    """Return the interpreter to go on with: .venv's, or from inside an outdated .venv the one it was made by."""
    if bootstrap.running_inside(VENV):
        return bootstrap.base_interpreter()
    with build_lock(CACHE / "build.lock"), ThreadPoolExecutor(1) as pool:
        beside = pool.submit(npm.ensure_node_modules)  # pip leaves the network and the other cores to it
        python = bootstrap.ensure_venv(VENV, *locks)
        beside.result()
        return python

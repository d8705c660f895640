"""The entry of the `techex` command. `techex run` starts the API's process first, which then loads while the rest does.

What a command needs is imported where it begins: reading a command line costs 50 ms, and settings 130.
"""

# ruff: noqa: PLC0415

import os
import sys

from app.run.errors import StartError
from app.run.processes.children import Child


def main() -> None:
    """Run the command line; what keeps it from starting is one line on standard error and status 1, never a trace."""
    if "openapi" not in sys.argv[1:2]:  # whatever a process of ours writes is for its account alone
        os.umask(0o077)
    try:
        match sys.argv[1:]:
            case [("serve" | "worker") as name, "--supervised"]:
                from app.run.processes import supervised

                supervised.work() if name == "worker" else supervised.serve()
            case ["run", *flags] if "--help" not in flags:
                with Child("api", "serve") as api:
                    _read(api)
            case _:
                _read(None)
    except StartError as error:
        sys.stderr.write(f"techex: {error}\n")
        sys.exit(1)


def _read(api: Child | None) -> None:
    from app.commands import cli

    cli(prog_name="techex", obj=api)


if __name__ == "__main__":
    main()

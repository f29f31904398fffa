"""Become another command: ``tests.bench.served`` starts modules of Python, and some servers are not."""

import os
import sys

if __name__ == "__main__":
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the commands of this folder, without a shell

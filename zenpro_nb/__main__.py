"""`python -m zenpro_nb` is the shell command `zenpro`."""

from zenpro_nb.frontends.cli import main

main()

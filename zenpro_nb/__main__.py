"""`python -m zenpro_nb` is the shell command `zenpro`."""

from zenpro_nb.faces.cli import main

main()

"""`python -m plaintextcrm` is `ptcrm`."""

from plaintextcrm.cli import main

if __name__ == "__main__":
    main()

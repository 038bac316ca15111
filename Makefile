# A JDK 17 or later, Maven and make are all that is needed; "make" says what there is.

MVN ?= mvn -B -ntp

.DEFAULT_GOAL := help
.PHONY: help demo test test-install campaign chaos bench package dist setup format clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: setup dist ## build, then watch files go to the processing server and their answers come back
	@demo/run

# One plan of faults for all: what differs between two runs is the code. "make chaos" takes others.
test: setup ## every test, against the command as it is installed, and the format
	$(MVN) verify -Dnavette.chaos.seed=$(or $(SEED),404)

# The package is built twice: before the tests, which install it, and after them, to see that it is the same.
PACKAGES = navette_*_all.deb navette-*.tar.gz
test-install: package ## the package on Debians that are booted for it, and what the documents say, typed there (root)
	@tools/setup install
	cd cli/target && sha256sum $(PACKAGES) >packages.sha256
	$(MVN) verify -Dtest='fr.epiconcept.navette.installed.*Test' -Dsurefire.failIfNoSpecifiedTests=false -Dpackage.skip=false
	cd cli/target && sha256sum --check packages.sha256

campaign: setup ## the end-to-end tests again, with a file of 2 GiB (BIGFILE=bytes for another size)
	$(MVN) verify -Dtest='fr.epiconcept.navette.e2e.*Test' $(if $(BIGFILE),-Dnavette.bigfile=$(BIGFILE)) -Dsurefire.failIfNoSpecifiedTests=false

# The same seed is the same plan of faults; MINUTES=0.5 and the like will do.
chaos: setup ## ten minutes of faults on both daemons, then a count of every file (MINUTES=10 SEED=1)
	$(MVN) verify -Dtest='fr.epiconcept.navette.chaos.ChaosTest' -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dnavette.chaos.second=true -Dnavette.chaos.minutes=$(or $(MINUTES),10) $(if $(SEED),-Dnavette.chaos.seed=$(SEED))

# Words of "bench/run help" in capitals: make bench ONLY=latency,small RUNS=1
BENCH = ONLY RUNS DIR WRITE LATENCY_FILES WARM SMALL_FILES SIZE LARGE LARGE_WARM BACKLOG DRAIN WAITING FLUXES SCALE_FILES SCALE_RATE IDLE PHP_FILES COUNTED JAVA_OPTS
bench: setup dist ## measure it beside others: docs/performance.md (ONLY=latency,small RUNS=1)
	@bench/setup
	@bench/run $(foreach each,$(BENCH),$(if $($(each)),'$(subst _,-,$(shell echo $(each) | tr A-Z a-z))=$($(each))'))

package: ## the .deb and the tar.gz, under cli/target, without tests
	@rm -f cli/target/navette_*.deb cli/target/navette-*.tar.gz
	$(MVN) package -DskipTests -Dpackage.skip=false
	@ls -l cli/target/navette_*.deb cli/target/navette-*.tar.gz

dist: ## the tree that would be installed, under cli/target/dist
	$(MVN) -q package -DskipTests

setup: ## what some tests and the demo need beside Java: installed by root, named to others
	@tools/setup

format: ## format all sources
	$(MVN) -q spotless:apply

clean: ## remove what was built
	$(MVN) -q clean

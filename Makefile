# user_routing: what can be made. "make help" lists it; the compiling itself is
# in modules/build/.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# Of the module; its package is named after it.
VERSION := 0.1.0

BUILD_DIR ?= build
export BUILD_DIR KAMAILIO_SRC
# Debian releases of test-matrix.
RELEASES ?= trixie sid

# Installs what is missing of the named groups of packages.
packages = @modules/build/install-packages
# Builds the named targets, on all processors unless told otherwise.
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
compile = +@modules/build/kamailio-headers && \
	$(MAKE) $(jobs) --no-print-directory -f modules/build/module.mk

all:
	$(packages) build
	$(compile) module

unit:
	$(packages) build test
	$(compile) unit

install: all
	@modules/build/install-module

doc:
	$(packages) build doc
	@modules/build/kamailio-headers
	@modules/build/build-doc

deb:
	$(packages) build doc deb
	@modules/build/kamailio-headers
	@modules/build/build-deb $(VERSION)

deb-test:
	$(packages) build doc deb debtest
	+@tests/deb/run

# WS=1, TLS=1: see "make help".
up:
	$(packages) build stack $(if $(WS),web)
	$(compile) module
	@OUTSIDE=1 WS='$(WS)' TLS='$(TLS)' tests/stack/up

down:
	@tests/stack/down

# USER is in everybody's environment: only one that was given here counts.
explain:
	@tests/stack/explain '$(if $(filter command,$(firstword $(origin USER))),$(USER))' '$(CALLER)' '$(AT)'

demo:
	$(packages) build stack demo
	$(compile) module
	@tests/demo/run

test:
	$(packages) build stack web demo doc deb debtest test clients fuzz lint
	@tests/stack/phone/build
	+@tests/run

fuzz:
	$(packages) build fuzz
	+@tests/fuzz/run

fuzz-targets:
	$(packages) build fuzz
	$(compile) FUZZ=1 fuzz

# MUTATION: its options and files.
mutation:
	$(packages) build test
	@tests/mutation/run $(MUTATION)

test-matrix:
	$(packages) matrix
	@tests/matrix/run $(RELEASES)

fuzz-sip:
	$(packages) build stack demo test
	+@$(MAKE) --no-print-directory all && $(MAKE) --no-print-directory all SANITIZE=1
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),1800) tests/sip/run fuzzed

bench:
	$(packages) build stack demo bench
	$(compile) module
	@tests/bench/run

# Seconds that the SIP case soak takes; 100 in the test suite.
SOAK_SECONDS ?= 1800
soak:
	$(packages) build stack demo test
	$(compile) module
	@SOAK_SECONDS=$(SOAK_SECONDS) tests/sip/run soak

lint:
	$(packages) build stack doc test lint
	$(compile) module
	@tests/lint/run

clean:
	rm -rf $(BUILD_DIR) modules/user_routing/user_routing.so

help:
	@echo "make            build modules/user_routing/user_routing.so for the installed Kamailio"
	@echo "make install    put it into Kamailio's module folder (DESTDIR is honoured)"
	@echo "make deb        the same as a Debian package, below $(BUILD_DIR)/deb; its path is printed"
	@echo "make doc        the module's documentation, in the form of Kamailio's own: $(BUILD_DIR)/doc"
	@echo "make demo       a tour: phones register, calls are placed, you see who rings"
	@echo "make up, down   start, stop a private PostgreSQL and Kamailio to play with"
	@echo "                (RUN_DIR=./run SIP_HOST=127.0.0.1 or ::1 SIP_PORT=5070 PGPORT=5470)"
	@echo "                WS=1: browsers, too, with a page that is a phone (WS_PORT=8080 PAGE_PORT=8088); TLS=1: SIP and"
	@echo "                browsers by TLS (TLS_PORT=5061 WSS_PORT=8443)"
	@echo "make explain    what would happen to a call now: USER=1001@acme.example [CALLER=device@domain] [AT=\"2026-12-24 18:30\"]"
	@echo "make test       all tests; the last line says how many passed and failed"
	@echo "make test-matrix    the same on other Debian releases, in folders made by debootstrap; as root"
	@echo "                (RELEASES=\"$(RELEASES)\" MATRIX_DIR=$(BUILD_DIR)/matrix MATRIX_MIRROR=)"
	@echo "make fuzz       random input for all that takes bytes, FUZZ_SECONDS=3 for each target; what it"
	@echo "                finds is kept in $(BUILD_DIR)/fuzz"
	@echo "make fuzz-sip   half an hour of messages made wrong, while calls go on, with ASan and UBSan; as root"
	@echo "                (FUZZ_SECONDS=1800 FUZZ_SEED= FUZZ_REPLAY=)"
	@echo "make mutation   changes policy/ in 220 places, one at a time: do the unit tests notice 95 in 100?"
	@echo "                (MUTATION=\"--count 220 --seed 1 chain.c\")"
	@echo "make lint       style and static checks only"
	@echo "make deb-test   installs, starts and removes the package in a fresh Debian; as root"
	@echo "make bench      compares user_routing with other ways to do the same; about 20 minutes, as root"
	@echo "                (BENCH_USERS=100000 BENCH_ROUNDS=5 BENCH_SECONDS=10 BENCH_RATE=100)"
	@echo "make soak       calls of all kinds, an update storm and a failing database for SOAK_SECONDS=$(SOAK_SECONDS)"
	@echo "make clean      remove what was built"
	@echo "SANITIZE=1      build with ASan and UBSan, into $(BUILD_DIR)/sanitize"
	@echo "KAMAILIO_SRC=   a configured source tree of the installed Kamailio, instead of fetching it"

.NOTPARALLEL:
.PHONY: all unit install doc deb deb-test up down explain demo test fuzz fuzz-targets fuzz-sip mutation test-matrix bench soak lint clean help

# How user_routing.so, its unit tests and its fuzz targets are compiled. Called by the Makefile, which
# has had BUILD_DIR/kamailio.mk written (see kamailio-headers).
#
# Each layer sees only what it may use: policy/ the C library, mirror/ libpq too,
# kam/ Kamailio's headers.
#
# SPDX-License-Identifier: GPL-2.0-or-later

include $(BUILD_DIR)/kamailio.mk

SOURCE_DIR ?= modules/user_routing
UNIT_DIR ?= tests/unit
FUZZ_DIR ?= tests/fuzz

ifdef FUZZ
  # libFuzzer is clang's. Signed overflow is an error here, not wrapped around.
  OUT := $(BUILD_DIR)/fuzz
  CC := clang-14
  OPTIMIZE := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined
else ifdef SANITIZE
  OUT := $(BUILD_DIR)/sanitize
  MODULE := $(OUT)/user_routing.so
  OPTIMIZE := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined
else
  OUT := $(BUILD_DIR)/plain
  MODULE := $(SOURCE_DIR)/user_routing.so
  OPTIMIZE := -O2
endif

PQ_INCLUDES := -isystem $(shell pg_config --includedir)
CFLAGS := -std=gnu11 -g $(OPTIMIZE) -fPIC $(if $(FUZZ),,-fno-strict-overflow) -pthread \
	-Wall -Wextra -Werror -MMD -MP -I$(SOURCE_DIR)
KAM_FLAGS := -isystem $(KAMAILIO_SOURCE)/src $(KAMAILIO_DEFS) \
	-DPIC -DMOD_NAME='"user_routing"' -DMOD_NAMEID=user_routing

sources := $(wildcard $(SOURCE_DIR)/policy/*.c $(SOURCE_DIR)/mirror/*.c \
	$(SOURCE_DIR)/mirror/*/*.c $(SOURCE_DIR)/kam/*.c)
objects := $(sources:$(SOURCE_DIR)/%.c=$(OUT)/%.o)
portable := $(filter-out $(OUT)/kam/%,$(objects))
support := $(patsubst $(UNIT_DIR)/%.c,$(OUT)/unit/%.o,$(wildcard $(UNIT_DIR)/support/*.c))
# UNIT_TESTS="test_plan test_ring": only these.
UNIT_TESTS ?= $(notdir $(basename $(wildcard $(UNIT_DIR)/test_*.c)))
suites := $(UNIT_TESTS:%=$(OUT)/unit/%)
fuzz_support := $(patsubst $(FUZZ_DIR)/%.c,$(OUT)/fuzz/%.o,$(wildcard $(FUZZ_DIR)/support/*.c))
fuzzers := $(patsubst $(FUZZ_DIR)/%.c,$(OUT)/fuzz/%,$(wildcard $(FUZZ_DIR)/fuzz_*.c))

# Tests make private memory fail through these: see tests/unit/support/heap.h
WRAPPED := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strndup

# V=1 shows the commands, make -s nothing
Q := $(if $(V),,@)
silent := $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
show = @$(if $(V)$(silent),:,echo "  $(1) $@")

module: $(MODULE)
	@:
unit: $(suites)
	@:
fuzz: $(fuzzers)
	@:
.PHONY: module unit fuzz
.SECONDARY:

# Checked under another name first: a module that does not fit is never left in place.
$(MODULE): $(objects)
	@mkdir -p $(@D)
	$(call show,LD)
	$(Q)$(CC) -shared -pthread $(OPTIMIZE) -Wl,-Bsymbolic-functions $^ -lpq -lsodium -o $@.new
	@modules/build/check-abi $@.new $(KAMAILIO_MODULES)/tm.so || { rm -f $@ $@.new; exit 1; }
	@mv $@.new $@

$(OUT)/mirror/%.o: CFLAGS += $(PQ_INCLUDES)
$(OUT)/kam/%.o: CFLAGS += $(PQ_INCLUDES) $(KAM_FLAGS)
$(OUT)/unit/%.o: CFLAGS += $(PQ_INCLUDES) -I$(UNIT_DIR) $(shell pkg-config --cflags check)

$(OUT)/fuzz/%.o: CFLAGS += $(PQ_INCLUDES) -I$(FUZZ_DIR) -I$(UNIT_DIR)

$(OUT)/%.o: $(SOURCE_DIR)/%.c $(BUILD_DIR)/kamailio.mk modules/build/module.mk
	@mkdir -p $(@D)
	$(call show,CC)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(OUT)/unit/%.o: $(UNIT_DIR)/%.c modules/build/module.mk
	@mkdir -p $(@D)
	$(call show,CC)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(OUT)/fuzz/%.o: $(FUZZ_DIR)/%.c modules/build/module.mk
	@mkdir -p $(@D)
	$(call show,CC)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

# What stands first is taken first: a fuzz target's database in place of mirror/source/pg.c.
$(OUT)/fuzz/portable.a: $(fuzz_support) $(OUT)/unit/support/port.o $(portable)
	$(call show,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(fuzzers): $(OUT)/fuzz/%: $(OUT)/fuzz/%.o $(OUT)/fuzz/portable.a
	$(call show,LD)
	$(Q)$(CC) $(OPTIMIZE) -fsanitize=fuzzer -pthread $^ -lpq -o $@

$(suites): $(OUT)/unit/%: $(OUT)/unit/%.o $(portable) $(support)
	$(call show,LD)
	$(Q)$(CC) $(OPTIMIZE) -pthread $^ $(WRAPPED) $(shell pkg-config --libs check) -lpq -o $@

-include $(objects:.o=.d) $(support:.o=.d) $(suites:=.d) $(fuzz_support:.o=.d) $(fuzzers:=.d)

# Sheepdog.   make | make check | make install [DESTDIR= PREFIX=] | make format | make clean
#
#   SAN=1     with AddressSanitizer and UndefinedBehaviorSanitizer
#   CC=clang  with clang
#   WERROR=1  a warning ends the build
#
# There is no list of sources: every file of src/ but those of src/main/ goes into one
# archive, and each file of src/main/ is a program that takes from it what it needs.

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
FLAVOUR := $(notdir $(CC))$(if $(SAN),-san)
BUILD ?= build/$(FLAVOUR)
# Tests are given the whole path; what depends on a header is noted by the short one.
override BUILD := $(patsubst $(CURDIR)/%,%,$(BUILD))

VERSION := 0.1
LIBRARIES := gnutls hiredis jansson libcurl libmicrohttpd librabbitmq libsodium libuv readline sqlite3
# TLS to Redis, where hiredis has it: 1.0 and newer, if built so.
REDIS_TLS := $(shell pkg-config --exists hiredis_ssl openssl && echo hiredis_ssl openssl)
LIBRARIES += $(REDIS_TLS)
# What is sanitized is built to be run a few times: -O1 halves the building.
CFLAGS ?= $(if $(SAN),-O1,-O2) -g
ALL_CFLAGS := -std=gnu17 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Isrc -I$(BUILD) -I$(BUILD)/src -MMD -MP \
  $(if $(REDIS_TLS),-DHAS_REDIS_TLS) \
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
  -Wformat=2 -Wundef -Wno-overlength-strings $(if $(WERROR),-Werror) $(CFLAGS)
HARDENING := -fPIE -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANITIZE := $(if $(SAN),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all \
  -fno-omit-frame-pointer)
ALL_LDFLAGS := -pie $(SANITIZE) $(LDFLAGS)
# The tests are hundreds of programs: gold, where it is, links one in a third of the time.
TEST_LDFLAGS := $(if $(shell command -v ld.gold),-fuse-ld=gold)
LIBRARY_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES))
LIBRARY_LIBS := $(shell pkg-config --libs $(LIBRARIES)) -lm

SOURCES := $(filter-out src/main/%,$(wildcard src/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
PROGRAMS := $(patsubst src/main/%.c,%,$(wildcard src/main/*.c))
TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/*/*_test.c))
LAB := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/lab/*.c))
BENCHES := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c))
ARCHIVE := $(BUILD)/libsheepdog.a

# `sheepdog` itself stands before every job, so it is linked statically, against musl where
# that is installed: it starts in a third of the time. It takes the sources that include no
# library's header, from an archive of its own.
WRAPPER_CC ?= $(if $(and $(filter gcc,$(CC)),$(if $(SAN),,1)),$(or $(shell command -v musl-gcc),$(CC)),$(CC))
WRAPPER_SOURCES := $(shell grep -LE 'include <(amqp|curl|gnutls|hiredis|jansson|microhttpd|openssl|readline|sodium|sqlite3|uv)' \
  $(filter src/base/% src/config/% src/message/% src/calendar/% src/bark/% src/command/%,\
  $(SOURCES)))
WRAPPER_OBJECTS := $(WRAPPER_SOURCES:%.c=$(BUILD)/wrapper/%.o)
WRAPPER_STATIC := $(if $(SAN),,$(shell echo 'int main(void){return 0;}' | \
  $(WRAPPER_CC) -xc -static -o /dev/null - 2>/dev/null && echo -static))
# Packed into few pages: each one that is touched costs more than a system call.
WRAPPER_CFLAGS := $(if $(WRAPPER_STATIC),-fno-pie -ffunction-sections -fdata-sections,$(HARDENING))
WRAPPER_LDFLAGS := $(if $(WRAPPER_STATIC),-static \
  -Xlinker --gc-sections -z norelro -z noseparate-code,$(ALL_LDFLAGS))

all: $(PROGRAMS:%=$(BUILD)/%)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(HARDENING) $(SANITIZE) $(LIBRARY_CFLAGS) -c $< -o $@

$(BUILD)/wrapper/%.o: %.c
	@mkdir -p $(@D)
	$(WRAPPER_CC) $(ALL_CFLAGS) $(WRAPPER_CFLAGS) $(SANITIZE) -c $< -o $@

# Each step of the schema, as the text of a C string; tests make old stores of them.
$(BUILD)/store/%.inc: src/store/%.sql
	@mkdir -p $(@D)
	sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< >$@
$(patsubst %,$(BUILD)/%.o,src/store/store tests/store/store_test tests/store/writers_test): \
  $(patsubst src/%.sql,$(BUILD)/%.inc,$(wildcard src/store/*.sql))

# What questions may use, a string each line.
$(BUILD)/src/rules/%.inc: src/rules/%.sql
	@mkdir -p $(@D)
	sed -e 's/[\\"]/\\&/g' -e 's/.*/"&",/' $< >$@
$(BUILD)/src/rules/relations.o: $(BUILD)/src/rules/relations.inc

$(ARCHIVE): $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/wrapper/libsheepdog.a: $(WRAPPER_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/sheepdog: $(BUILD)/wrapper/src/main/sheepdog.o $(BUILD)/wrapper/libsheepdog.a
	$(WRAPPER_CC) $(WRAPPER_LDFLAGS) -o $@ $^ -lm

$(BUILD)/sheepdog-%: $(BUILD)/src/main/sheepdog-%.o $(ARCHIVE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -Wl,--as-needed $(LIBRARY_LIBS)

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(ARCHIVE)
	$(CC) $(ALL_LDFLAGS) $(TEST_LDFLAGS) -o $@ $^ -Wl,--as-needed -lcmocka $(LIBRARY_LIBS)

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(ARCHIVE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -Wl,--as-needed $(LIBRARY_LIBS)

tests: $(TESTS) $(LAB)
bench: all $(BENCHES)

check: all tests
	tools/run-tests $(BUILD)

# bin/ for people; libexec/ for what the programs start themselves.
BIN := sheepdog sheepdog-daemon sheepdog-handler sheepdog-queue-daemon
LIBEXEC := sheepdog-ask sheepdog-deliver sheepdog-look sheepdog-probe sheepdog-tell
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/sheepdog
	install -m 755 $(BIN:%=$(BUILD)/%) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(LIBEXEC:%=$(BUILD)/%) $(DESTDIR)$(PREFIX)/libexec/sheepdog
	for page in doc/*.[1578]; do \
	  install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#doc/} || exit; \
	done
	for file in plugins/* sdk/*/* sdk/guile/sheepdog/* etc/rules/*.dl; do \
	  test -f $$file || continue; \
	  case $$file in plugins/*) mode=755 ;; *) mode=644 ;; esac; \
	  install -D -m $$mode $$file $(DESTDIR)$(PREFIX)/share/sheepdog/$${file#etc/} || exit; \
	done

format:
	clang-format -i $(wildcard src/*/*.[ch] tests/*/*.[ch] tests/fuzz/*.c bench/*.[ch])

clean:
	rm -rf build

.PHONY: all tests bench check install format clean
# Kept, though only a chain of rules names them.
.SECONDARY: $(TESTS:%=%.o) $(LAB:%=%.o) $(BENCHES:%=%.o) $(PROGRAMS:%=$(BUILD)/src/main/%.o)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# Not a board: the whole core under libFuzzer, with address and undefined-behaviour sanitizers.
CC = clang
SIZE = size
TARGET = mho-fuzz
SANITIZE = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
CFLAGS += -O1 -g $(SANITIZE)
LDFLAGS += $(SANITIZE)
LDLIBS += -lm
WITHOUT = core/main.c
SOURCES = $(BOARD_DIR)/hal.c

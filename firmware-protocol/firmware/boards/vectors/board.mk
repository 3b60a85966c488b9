# Not a board: a program that passes test vectors through the core, a command a line (hal.c).
CC = gcc
SIZE = size
TARGET = mho-vectors
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS += -O1 -g $(SANITIZE)
LDFLAGS += $(SANITIZE)
LDLIBS += -lm
SOURCES = $(BOARD_DIR)/hal.c

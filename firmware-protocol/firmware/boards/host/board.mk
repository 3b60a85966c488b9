# A Linux process, its link on standard input and output; sanitizers on unless SANITIZE is empty.
CC = gcc
SIZE = size
TARGET = mho-board
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS += -O2 -g $(SANITIZE)
LDFLAGS += $(SANITIZE)
LDLIBS += -lm
SOURCES = $(BOARD_DIR)/hal.c $(BOARD_DIR)/model.c $(BOARD_DIR)/options.c

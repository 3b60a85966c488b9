# An AVR at 16 MHz: make BOARD=avr CHIP=atmega2560 (or atmega328p) [BAUD=1000000]
CHIP ?= atmega2560
BAUD ?= 115200
CC = avr-gcc
SIZE = avr-size
OBJCOPY = avr-objcopy
TARGET = $(CHIP).elf

# An RP2040 at 125 MHz: make BOARD=rp2040 [BAUD=1000000] [LINK=usb]
BAUD ?= 115200
LINK ?= uart
CC = arm-none-eabi-gcc
SIZE = arm-none-eabi-size
OBJCOPY = arm-none-eabi-objcopy
TARGET = rp2040.elf
CFLAGS += -mcpu=cortex-m0plus -mthumb -Os -ffunction-sections -fdata-sections -DBAUD=$(BAUD)u
LDFLAGS += -nostartfiles --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections -T $(BOARD_DIR)/link.ld
SOURCES = $(BOARD_DIR)/start.c $(BOARD_DIR)/hal.c $(BOARD_DIR)/bus.c $(BOARD_DIR)/$(LINK).c boards/front-end/front-end.c

# A Cortex-M4F, MPS2 with the AN386 image in QEMU: make BOARD=cortex-m; leaves mps2-an386.elf.
CC = arm-none-eabi-gcc
SIZE = arm-none-eabi-size
TARGET = mps2-an386.elf
CHIP_FLAGS = -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16
CFLAGS += $(CHIP_FLAGS) -O2 -ffunction-sections -fdata-sections
LDFLAGS += $(CHIP_FLAGS) -nostartfiles --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections -T $(BOARD_DIR)/link.ld
LDLIBS += -lm
SOURCES = $(wildcard $(BOARD_DIR)/*.c) boards/front-end/front-end.c

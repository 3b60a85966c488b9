# A Cortex-M4F, MPS2 with the AN386 image in QEMU: make BOARD=cortex-m
CC = arm-none-eabi-gcc
SIZE = arm-none-eabi-size
TARGET = mps2-an386.elf
CFLAGS += -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2 -ffunction-sections -fdata-sections
LDFLAGS += -nostartfiles --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections -T $(BOARD_DIR)/link.ld
SOURCES = $(BOARD_DIR)/start.c $(BOARD_DIR)/hal.c $(BOARD_DIR)/bus.c boards/front-end/front-end.c

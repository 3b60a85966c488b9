# An RP2040 at 125 MHz: make BOARD=rp2040 [BAUD=1000000] [SERIAL=usb]; leaves rp2040.elf and rp2040.bin.
BAUD ?= 115200
SERIAL ?= uart
CC = arm-none-eabi-gcc
SIZE = arm-none-eabi-size
TARGET = rp2040.elf
CHIP_FLAGS = -mcpu=cortex-m0plus -mthumb
CPPFLAGS += -DBAUD=$(BAUD)u -DSERIAL_$(SERIAL)
CFLAGS += $(CHIP_FLAGS) -O2 -ffunction-sections -fdata-sections
LDFLAGS += $(CHIP_FLAGS) -nostartfiles --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections -T $(BOARD_DIR)/link.ld
LDLIBS += -lm
SOURCES = $(addprefix $(BOARD_DIR)/,start.c hal.c bus.c) $(wildcard $(BOARD_DIR)/$(SERIAL)*.c) boards/front-end/front-end.c

all: $(OUT)/rp2040.bin

$(OUT)/%.bin: $(OUT)/%.elf
	arm-none-eabi-objcopy -O binary $< $@

# An AVR at 16 MHz: make BOARD=avr [CHIP=atmega328p] [BAUD=1000000]; leaves CHIP.elf, .bin and .hex.
CHIP ?= atmega2560
BAUD ?= 115200
CC = avr-gcc
SIZE = avr-size -C --mcu=$(CHIP)
TARGET = $(CHIP).elf
CHIP_FLAGS = -mmcu=$(CHIP)
CPPFLAGS += -DF_CPU=16000000UL -DBAUD=$(BAUD)UL
# The larger chip has flash to spare, the smaller one stack to save: inlining merges frames.
OPTIMISE_atmega2560 = -O2 -flto
OPTIMISE_atmega328p = -Os -mcall-prologues
CFLAGS += $(CHIP_FLAGS) $(OPTIMISE_$(CHIP)) -mrelax -ffunction-sections
LDFLAGS += $(CHIP_FLAGS) $(OPTIMISE_$(CHIP)) -mrelax -Wl,--gc-sections
LDLIBS += -lm
SOURCES = $(wildcard $(BOARD_DIR)/*.c) boards/front-end/front-end.c

all: $(OUT)/$(CHIP).bin $(OUT)/$(CHIP).hex

$(OUT)/%.bin: $(OUT)/%.elf
	avr-objcopy -O binary $< $@
$(OUT)/%.hex: $(OUT)/%.elf
	avr-objcopy -O ihex $< $@

import {
  type ADCConfig,
  type AVREEPROMConfig,
  type AVRPortConfig,
  type AVRTimerConfig,
  adcConfig,
  eepromConfig,
  INT0,
  portDConfig,
  type SPIConfig,
  spiConfig,
  timer1Config,
} from "avr8js";
import type { UsartRegisters } from "./usart.ts";

/** What the emulator must know of a chip: sizes in bytes, and where its peripherals stand (word addresses of vectors). */
export interface Chip {
  readonly name: string;
  readonly flash: number;
  /** SRAM and, on larger chips, the extended I/O space below it. */
  readonly ram: number;
  /** Address of the first byte of SRAM. */
  readonly ramStart: number;
  readonly eepromSize: number;
  /** Pin of port B that selects the front end, and pin of port D at which it is BUSY. */
  readonly selectPin: number;
  readonly busyPin: number;
  readonly portD: AVRPortConfig;
  readonly usart: UsartRegisters;
  readonly spi: SPIConfig;
  readonly timer1: AVRTimerConfig;
  readonly adc: ADCConfig;
  readonly eeprom: AVREEPROMConfig;
}

/** All AVRs here run at 16 MHz. */
export const oscillator = 16e6;

const registers = { status: 0xc0, control: 0xc1, baudLow: 0xc4, baudHigh: 0xc5, byte: 0xc6 };

/** Vectors: ATmega328P data sheet (DS40002061B) table 12-6; ATmega640/1280/2560 (DS40002211A) table 14-1. */
export const chips: Readonly<Record<"atmega328p" | "atmega2560", Chip>> = {
  atmega328p: {
    name: "atmega328p",
    flash: 0x8000,
    ram: 0x800,
    ramStart: 0x100,
    eepromSize: 0x400,
    selectPin: 2,
    busyPin: 2,
    portD: portDConfig,
    usart: { ...registers, received: 0x24, empty: 0x26, sent: 0x28 },
    spi: spiConfig,
    timer1: timer1Config,
    adc: adcConfig,
    eeprom: eepromConfig,
  },
  atmega2560: {
    name: "atmega2560",
    flash: 0x40000,
    ram: 0x2100,
    ramStart: 0x200,
    eepromSize: 0x1000,
    selectPin: 0,
    busyPin: 2,
    portD: {
      ...portDConfig,
      externalInterrupts: [null, null, { ...INT0, iscOffset: 4, index: 2, interrupt: 0x06 }],
    },
    usart: { ...registers, received: 0x32, empty: 0x34, sent: 0x36 },
    spi: { ...spiConfig, spiInterrupt: 0x30 },
    timer1: {
      ...timer1Config,
      captureInterrupt: 0x20,
      compAInterrupt: 0x22,
      compBInterrupt: 0x24,
      ovfInterrupt: 0x28,
    },
    adc: { ...adcConfig, adcInterrupt: 0x3a, numChannels: 16 },
    eeprom: { ...eepromConfig, eepromReadyInterrupt: 0x3c },
  },
};
export type ChipName = keyof typeof chips;

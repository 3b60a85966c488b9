import { emulatedBoard } from "./emulated-board.ts";

/** An AVR counts its starts in EEPROM. */
const counted = (boot: number): number => boot + 1;

emulatedBoard("atmega2560", "avr-gcc", counted);
emulatedBoard("atmega328p", "avr-gcc", counted);

import { emulatedBoard } from "./emulated-board.ts";

emulatedBoard("rp2040", "arm-none-eabi-gcc");
emulatedBoard("rp2040-usb", "arm-none-eabi-gcc");

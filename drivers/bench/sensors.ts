/** Sensors whose voltage tells a temperature, by johnny-five's names for them. */
export const sensors = ["TMP36", "LM35", "LM335"] as const;

/** Volts to degrees Celsius, from their data sheets. johnny-five's own laws round to whole degrees. */
export const celsiusOf: Readonly<Record<(typeof sensors)[number], (volts: number) => number>> = {
  TMP36: (volts) => 100 * volts - 50,
  LM35: (volts) => 100 * volts,
  LM335: (volts) => 100 * volts - 273.15,
};

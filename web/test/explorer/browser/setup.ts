/** What the Go test that runs this suite tells it. */
export interface Setup {
  /** The origin of the stack: see internal/test/packagetest/stack. */
  stack: string;
  browser: "chrome" | "firefox";
  /** The files of the browser and of kafkaio. */
  executable: string;
  kafkaio: string;
  /** A directory of the run's own. */
  temp: string;
  /** Where pictures go. */
  artifacts: string;
  /** A regular expression for the names of the tests to run, with _ for spaces; empty: all. */
  only: string;
}

const given = process.env["KAFKAIO_EXPLORER"];
if (given === undefined) throw new Error("KAFKAIO_EXPLORER is not set: internal/test/explorertest runs this suite");
export const setup = JSON.parse(given) as Setup;

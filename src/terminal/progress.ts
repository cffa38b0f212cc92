// How far it is: a bar that is drawn over itself on a screen, a line for each tenth elsewhere.
export interface Progress {
  step(): void;
  end(): void;
}

const WIDTH = 30;

export function progressOn(
  { tell, bar, now }: { readonly tell: (text: string) => void; readonly bar: boolean; readonly now: () => number },
  total: number,
  already: number,
): Progress {
  const began = now();
  let done = already;
  let shown = Math.floor((already / total) * 10);
  const left = () => {
    const each = (now() - began) / Math.max(1, done - already);
    return `${Math.ceil((each * (total - done)) / 1000)} s left`;
  };
  return {
    step: () => {
      done++;
      if (bar) {
        const full = Math.round((done / total) * WIDTH);
        tell(`\r[${"#".repeat(full)}${"-".repeat(WIDTH - full)}] ${done} of ${total}, ${left()}   `);
        return;
      }
      const tenth = Math.floor((done / total) * 10);
      if (tenth === shown) return;
      shown = tenth;
      tell(`${done} of ${total} records answered\n`);
    },
    end: () => {
      if (bar) tell(`\r${" ".repeat(WIDTH + 40)}\r`);
    },
  };
}

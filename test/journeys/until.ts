// Waits for a condition by asking again and again, with a limit that fails by name. A condition that throws does not hold yet.

export async function until(holds: () => boolean | Promise<boolean>, seconds: number, what: string, pauseMs = 25): Promise<void> {
  const limit = Date.now() + seconds * 1000;
  for (let last: unknown; ; ) {
    try {
      if (await holds()) return;
    } catch (thrown) {
      last = thrown;
    }
    if (Date.now() > limit) throw new Error(`${what}: not within ${seconds} s`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

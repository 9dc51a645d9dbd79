// How a client tells what it did: one line a step on standard output, the whole story on standard error.

export async function step(name, act) {
  try {
    await act();
    console.log(`passed ${name}`);
  } catch (error) {
    console.error(name, error);
    const cause = error?.cause ? ` (${error.cause.message ?? JSON.stringify(error.cause)})` : "";
    const reason = `${error?.message ?? error}${cause}`.replaceAll(/\s+/g, " ").slice(0, 300);
    console.log(`failed ${name}: ${reason}`);
  }
}

export function expect(condition, complaint) {
  if (!condition) {
    throw new Error(complaint);
  }
}

// The error that `act` must end with.
export async function refusal(act) {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error("was accepted");
}

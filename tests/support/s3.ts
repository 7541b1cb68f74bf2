/** A real server that speaks S3 (moto), on this machine alone. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { inject, onTestFinished, vi } from "vitest";
import { disconnectS3 } from "../../src/files/s3/client.ts";
import { MARK } from "./processes.ts";

const program = join(import.meta.dirname, "..", "..", ".python", "bin", "moto_server");

export interface S3Server {
  readonly port: number;
  /** For the test's own requests. */
  readonly client: S3Client;
}

/** Started for one test, with the environment that leads to it; stopped at the test's end. */
export async function s3Server(): Promise<S3Server> {
  if (!existsSync(program)) throw new Error("no moto_server: `make .python` installs it");
  const child = spawn(program, ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", [MARK]: inject("testFolder"), PYTHONUNBUFFERED: "1" },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const port = await new Promise<number>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const match = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (match) resolve(Number(match[1]));
    });
    child.once("exit", () => reject(new Error(`moto_server ended: ${said}`)));
  });
  await useS3(port);
  const client = new S3Client({ endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true });
  onTestFinished(() => client.destroy());
  return { port, client };
}

/** What follows in this test goes to S3 at this port. */
export async function useS3(port: number): Promise<void> {
  await disconnectS3();
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDTEST");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret-of-the-test");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await disconnectS3();
  });
}

/** Stands before a server and cuts a connection after so many bytes of answers; later ones pass when the list is used up. */
export async function cutting(
  target: number,
  cuts: readonly number[],
): Promise<{ readonly port: number; readonly connections: () => number }> {
  const left = [...cuts];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((client) => {
    connections++;
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    let passed = 0;
    const limit = left.shift();
    client.pipe(upstream);
    upstream.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      if (limit === undefined || passed <= limit) {
        client.write(chunk);
        return;
      }
      client.write(chunk.subarray(0, chunk.length - (passed - limit)), () => client.resetAndDestroy());
      upstream.destroy();
    });
    upstream.on("end", () => client.end());
    client.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

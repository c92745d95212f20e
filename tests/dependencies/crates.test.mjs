// Each rule of deny.toml refuses what is planted; and no answer is not a good answer.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { Crates } from "../../scripts/dependencies/crates.mjs";
import { CLEAN, FOUND, UNREACHABLE } from "../../scripts/dependencies/verdict.mjs";
import { at } from "../../scripts/paths.mjs";

const DENY = process.env.CARGO_DENY;
const RULES = readFileSync(at("deny.toml"), "utf8");
const DATABASE = "https://github.com/RustSec/advisory-db";

function folder(t, files) {
  const root = mkdtempSync(join(tmpdir(), "jobcast-dependencies-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function git(root, ...args) {
  const { status, stderr } = spawnSync("git", ["-C", root, "-c", "user.name=test", "-c", "user.email=test@example", ...args], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

const crate = (name, { version = "1.0.0", license = "MIT", dependencies = "" } = {}) => ({
  [`${name}/Cargo.toml`]: `[package]\nname = "${name.split("/").at(-1)}"\nversion = "${version}"\nedition = "2021"\nlicense = "${license}"\npublish = false\n\n[dependencies]\n${dependencies}`,
  [`${name}/src/lib.rs`]: "",
});

/** A package that depends on what is given, judged by the project's rules for what they are about, not by how tidy they are kept. */
function judged(t, dependencies, files, env = { CARGO_NET_OFFLINE: "true" }) {
  const root = folder(t, { ...crate("whole", { dependencies }), ...files });
  const config = join(root, "deny.toml");
  writeFileSync(config, RULES.replace("unused-allowed-license = \"deny\"", "unused-allowed-license = \"allow\""));
  return new Crates(DENY, { manifest: join(root, "whole", "Cargo.toml"), config, env }).rules();
}

const refusedAs = (word, { verdict, told }) => {
  assert.equal(verdict, FOUND, told);
  assert.match(told, word);
};

describe("the rules for crates", { concurrency: true }, () => {
  test("let pass what keeps to them", (t) => {
    const { verdict, told } = judged(t, 'part = { path = "../part" }', crate("part"));
    assert.equal(verdict, CLEAN, told);
  });

  test("refuse a licence that is not on the list", (t) => {
    refusedAs(/error\[rejected\][^]*GPL-3\.0/, judged(t, 'part = { path = "../part" }', crate("part", { license: "GPL-3.0-only" })));
  });

  test("refuse a crate that is banned", (t) => {
    refusedAs(/error\[banned\][^]*openssl-sys/, judged(t, 'openssl-sys = { path = "../openssl-sys" }', crate("openssl-sys")));
  });

  test("refuse a crate that comes twice", (t) => {
    const twice = 'part = { path = "../part" }\nother = { package = "part", path = "../newer/part" }';
    refusedAs(/error\[duplicate\][^]*part/, judged(t, twice, { ...crate("part"), ...crate("newer/part", { version: "2.0.0" }) }));
  });

  test("refuse a crate from a repository", (t) => {
    const source = folder(t, crate("."));
    writeFileSync(join(source, "Cargo.toml"), readFileSync(join(source, "Cargo.toml"), "utf8").replace('name = "."', 'name = "part"'));
    git(source, "init", "--quiet");
    git(source, "add", ".");
    git(source, "commit", "--quiet", "--message", "part");
    refusedAs(/error\[source-not-allowed\]/, judged(t, `part = { git = "file://${source}", version = "1" }`, {}, {}));
  });
});

const advisoryOn = (name) => ({
  [`crates/${name}/RUSTSEC-2026-9999.md`]:
    `\`\`\`toml\n[advisory]\nid = "RUSTSEC-2026-9999"\npackage = "${name}"\ndate = "2026-11-01"\n\n[versions]\npatched = []\n\`\`\`\n\n# Planted\n\nIt is here only.\n`,
});

/** The project's own crates against a database of ours, which git takes for RustSec's. */
function advised(t, advisory) {
  const database = folder(t, advisory);
  for (const args of [["init", "--quiet", "--initial-branch", "main"], ["add", "."], ["commit", "--quiet", "--message", "advisories"]]) git(database, ...args);
  return against(t, `file://${database}`);
}

function against(t, database) {
  const root = folder(t, {});
  const config = join(root, "deny.toml");
  const rules = RULES.replace(".tools/advisories", join(root, "advisories"));
  // What was taken back is not asked for: the registry would be, crate by crate.
  writeFileSync(config, rules.replace('yanked = "deny"', 'yanked = "allow"'));
  const env = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: `url.${database}.insteadOf`, GIT_CONFIG_VALUE_0: DATABASE };
  return new Crates(DENY, { config, env }).advisories();
}

describe("advisories on crates", { concurrency: true }, () => {
  test("are found", (t) => refusedAs(/RUSTSEC-2026-9999/, advised(t, advisoryOn("serde"))));

  test("on others are not ours", (t) => {
    const { verdict, told } = advised(t, advisoryOn("no-crate-of-ours"));
    assert.equal(verdict, CLEAN, told);
  });

  test("that cannot be fetched are not taken for none", (t) => {
    assert.equal(against(t, "file:///nowhere").verdict, UNREACHABLE);
  });
});

import { describe, expect, test } from "bun:test";
import { confWithoutSecrets } from "../../src/core/ncs-conf-secrets.ts";

const kept = (body: string, isStrict = false) =>
  confWithoutSecrets(`<ncs-config xmlns="http://tail-f.com/yang/tailf-ncs-config/1.0">${body}</ncs-config>`, {
    isStrict,
  });

describe("ncs.conf without secrets holds none of an element", () => {
  for (const [form, body] of Object.entries({
    plain: "<key>PLANTED</key>",
    "in a section of keys":
      "<encrypted-strings><AES256CFB128><anything>PLANTED</anything></AES256CFB128></encrypted-strings>",
    "with a prefix": '<c:password xmlns:c="x">PLANTED</c:password>',
    "with blanks in its tags": "<password\n >PLANTED</password\t>",
    "over several lines": "<secret>\n  PLANTED\n  PLANTED\n</secret>",
    "in CDATA": "<password><![CDATA[PLANTED]]></password>",
    "in CDATA of a harmless one": "<port><![CDATA[PLANTED]]></port>",
    "in a comment": "<!-- <key>PLANTED</key> -->",
    "in a comment within": "<key>PLAN<!-- x -->TED PLANTED</key>",
    "in a comment that is not closed": "<port>1</port><!-- PLANTED",
    "in an attribute": '<webui password="PLANTED"/>',
    "in an instruction": "<?key PLANTED?>",
    "in a declaration": '<!ENTITY key "PLANTED">',
    "in upper case": "<PassWord>PLANTED</PassWord>",
    "by number": "<DES3CBC><key1>PLANTED</key1></DES3CBC>",
    "below it": "<password><value>PLANTED</value></password>",
    "that is not closed": "<key>PLANTED<port>8080</port>",
    "whose tag is not closed": "<key PLANTED",
    "with a closing tag of another name": "<key>PLANTED</kye>",
    "as a default of a variable": `<password>\${NCS_PW:-PLANTED}</password>`,
    "as an encrypted string": "<value>$8$PLANTEDabcdefghijklmnop=</value>",
    "in an address": "<url>https://u:PLANTED@host/</url>",
    "as a name": "<key=PLANTED ></key=PLANTED >",
  }))
    test(form, () => expect(kept(body)).not.toContain("PLANTED"));

  test("whatever its name is, where only plain values may stay", () => {
    expect(kept("<name>PLANTED</name>", true)).not.toContain("PLANTED");
    expect(kept("<name>PLANTED</name>", false)).toContain("PLANTED");
  });
});

test("the rest reads as it did", () => {
  const body = `
  <logs>
    <ncs-log>
      <enabled>true</enabled>
      <file>
        <name>\${NCS_LOG_DIR}/ncs.log</name>
      </file>
    </ncs-log>
  </logs>
  <cli/>
  <key-file>/etc/ncs/ssl/key.pem</key-file>
`;
  expect(kept(body, true)).toBe(`<ncs-config>${body}</ncs-config>`);
});

test("a hostile file of some MB is read in a moment, and gives none of its text", () => {
  for (const piece of ["<key>", "<a", "<!--", "&lt;", "]]>", '<a b="', "<?x "])
    expect(
      confWithoutSecrets(`${piece.repeat(300_000)}<key>PLANTED</key>`, { isStrict: true }),
    ).not.toContain("PLANTED");
});

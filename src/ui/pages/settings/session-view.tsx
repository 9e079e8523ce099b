import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { useConfirm } from "../../components/confirm.tsx";
import { Fact } from "../../components/fact.tsx";
import { useAction } from "../../components/toast.tsx";
import { useHolder, useSession } from "../../session.tsx";

const MAY = {
  admin: "Everything.",
  viewer: "Read everything; change nothing.",
  team: "Read the keys, budgets, usage and requests of the own team.",
};

/** Who is signed in, the ways out, and which gateway this is. */
export function SessionView() {
  const { signOut } = useSession();
  const { name, role, team, mail } = useHolder();
  const confirm = useConfirm();
  const action = useAction();
  const about = useData<{ version: string; readiness: string; requires_key: boolean }>("/admin/about").data;
  const everywhere = async () => {
    const text = "Every browser you are signed in with, this one too, has to sign in again.";
    if (await confirm({ title: "Sign out everywhere?", text, action: "Sign out everywhere" }))
      await action(() => signOut(true));
  };
  return (
    <div class="grid">
      <Card title="Signed in">
        <dl class="level-facts">
          <Fact name="As">{mail === undefined ? name : `${name} (${mail})`}</Fact>
          <Fact name="Role">{team === undefined ? role : `team ${team}`}</Fact>
          <Fact name="May">{MAY[role]}</Fact>
        </dl>
        <div class="row sign-outs">
          <button type="button" class="button" onClick={() => void action(() => signOut())}>
            Sign out of this browser
          </button>
          <button type="button" class="button danger" onClick={() => void everywhere()}>
            Sign out everywhere
          </button>
        </div>
      </Card>
      <Card title="This gateway">
        <dl class="level-facts">
          <Fact name="Version">{about?.version ?? "–"}</Fact>
          <Fact name="State">{about?.readiness ?? "–"}</Fact>
          <Fact name="Calls">{about?.requires_key ? "need a virtual key" : "need no key"}</Fact>
        </dl>
        <ul class="plain stack links">
          <li>
            <a href="/docs">API reference, to try each call</a>
          </li>
          <li>
            <a href="/openapi.json">OpenAPI document</a>
          </li>
        </ul>
      </Card>
    </div>
  );
}

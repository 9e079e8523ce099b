import { PageHead } from "../components/page-head.tsx";

export function Overview() {
  return <PageHead title="Overview" />;
}

/** Session, then page: who is not signed in sees the sign-in page, at the address they asked for. */
import { useLayoutEffect } from "preact/hooks";
import { ConfirmProvider } from "./components/confirm.tsx";
import { Empty } from "./components/empty.tsx";
import { ErrorPanel } from "./components/error-panel.tsx";
import { PageHead } from "./components/page-head.tsx";
import { ToastProvider } from "./components/toast.tsx";
import { Layout } from "./layout.tsx";
import { LocationProvider, useLocation } from "./location.tsx";
import { KnownPages } from "./page-link.tsx";
import { PAGES, pageAt } from "./pages.tsx";
import { SessionProvider, useHolder, useSession } from "./session.tsx";
import { SignIn } from "./sign-in.tsx";

export function App() {
  return (
    <LocationProvider>
      <SessionProvider>
        <ToastProvider>
          <ConfirmProvider>
            <KnownPages.Provider value={PAGES}>
              <Gate />
            </KnownPages.Provider>
          </ConfirmProvider>
        </ToastProvider>
      </SessionProvider>
    </LocationProvider>
  );
}

function Gate() {
  const { session, error, retry } = useSession();
  if (session?.holder) return <CurrentPage />;
  if (session) return <SignIn session={session} />;
  // The answer takes a moment; a spinner would only flicker.
  if (!error) return null;
  return (
    <main class="sign-in">
      <ErrorPanel error={error} retry={retry} />
    </main>
  );
}

function CurrentPage() {
  const { path } = useLocation();
  const found = pageAt(path, useHolder().role);
  const page = found?.page;
  const at = page?.path;
  // On every change of page the reader starts at its top: before they can press the next key.
  useLayoutEffect(() => {
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body) document.getElementById("main")?.focus();
  }, [at, found?.rest]);
  const Component = page?.component;
  return (
    <Layout current={at}>
      {Component ? (
        <Component key={at} rest={found!.rest} />
      ) : (
        <>
          <PageHead title="Nothing here" />
          <Empty title="There is no such page, or your role does not have it.">
            <a href="/ui">To the overview</a>
          </Empty>
        </>
      )}
    </Layout>
  );
}

/** The core's verbs, as the panel calls them. Made of wasm in the extension, made up in the gallery. */

import type {
  Audience,
  AuthentikView,
  DirectoryView,
  DraftView,
  Fault,
  Place,
  PlanView,
  Progress,
  RegistrationView,
  ReportView,
  SetupDraft,
  UndoView,
  UserQuery,
  UserRows,
} from "cowbell-core";

export interface Core {
  place(url: string): Place;
  observeAuthentik(pageUrl: string): Promise<AuthentikView>;
  checkDraft(draft: SetupDraft): DraftView;
  readUsers(progress: (read: number, total: number) => void): Promise<DirectoryView>;
  countUsers(audience: Audience): DirectoryView;
  findUsers(query: UserQuery): UserRows;
  plan(draft: SetupDraft, progress: (read: number, total: number) => void): Promise<PlanView>;
  apply(draft: SetupDraft, progress: (progress: Progress) => void): Promise<ReportView>;
  undo(progress: (progress: Progress) => void): Promise<UndoView>;
  restoreJournal(journal: string, chunk: (name: string) => string | undefined): boolean;
  canUndo(): boolean;
  registration(): RegistrationView | undefined;
  revealSecret(): string | undefined;
}

/** What a verb threw, as a fault that can be shown. */
export function faultOf(error: unknown): Fault {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string") {
    const given = "arguments" in error && Array.isArray(error.arguments) ? error.arguments : [];
    return { code: error.code, arguments: given };
  }
  return { code: "other", arguments: [{ name: "code", value: String(error) }] };
}

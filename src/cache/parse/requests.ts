/** Verbs by which one asks an assistant to do something: "can you swim?" is a question, "can you list …?" a request. */
export const REQUEST_VERBS: readonly string[] = (
  "explain describe tell give show list listing name write writing draft compose create generate translate convert " +
  "summarize find suggest recommend compare define calculate compute solve check repair fix rewrite help provide teach " +
  "outline identify state mention elaborate clarify plan design build code implement debug review correct proofread " +
  "classify extract shorten paraphrase simplify prepare produce propose pick choose sort rank estimate analyze evaluate " +
  "discuss illustrate print return format rename send remind book cancel summarise recap quote recite draw sketch invent " +
  "explaining describing telling giving showing naming drafting composing creating generating translating converting " +
  "summarizing finding suggesting recommending comparing defining calculating solving checking rewriting helping " +
  "providing outlining planning reviewing correcting know"
).split(" ");

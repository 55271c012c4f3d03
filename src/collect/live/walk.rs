//! All questions of one account and region: first what is asked once, then what
//! is asked for each thing that was listed.
//!
//! Decides the order and nothing else; asking is in [`ask`](super::ask).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinSet;

use super::ask::{Answered, Place, Run};
use super::send::{Dimensions, Question};
use crate::collect::aws::operation::Operation;
use crate::collect::aws::plan::Plan;

/// What one walk asks.
#[derive(Clone)]
pub(super) struct Walk {
    pub run: Arc<Run>,
    pub plan: Arc<Plan>,
    /// Where questions to services with regions go.
    pub here: Arc<Place>,
    /// Where questions to global services go.
    pub global: Arc<Place>,
    /// Whether the questions that are asked once are those of global services.
    pub roots_are_global: bool,
    /// Which days of metrics, in seconds since 1970.
    pub window: (i64, i64),
}

impl Walk {
    /// Asks everything.
    pub(super) async fn go(self) {
        let mut open = JoinSet::new();
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        let roots: Vec<&'static Operation> = self
            .plan
            .roots()
            .filter(|operation| operation.service.is_global() == self.roots_are_global)
            .collect();
        for operation in roots {
            for question in self.questions(operation, &Value::Null) {
                self.spawn(&mut open, question);
            }
        }
        while let Some(done) = open.join_next().await {
            let Ok(Answered { question, answer }) = done else {
                // A task that ended otherwise leaves a gap that nobody can name.
                self.run.with(|found| found.lost += 1);
                continue;
            };
            let children: Vec<&'static Operation> =
                self.plan.children(question.operation.name).collect();
            for operation in children {
                match &answer {
                    Ok(answer) => {
                        for question in self.questions(operation, answer) {
                            asked.insert(number(operation));
                            self.spawn(&mut open, question);
                        }
                    }
                    Err(reason) => {
                        self.lost(operation, question.operation, reason, &mut asked);
                    }
                }
            }
        }
        // Where an answer was lost, what hangs on it was not answered by it.
        if self.run.with(|found| found.lost == 0) {
            self.nothing_to_ask(&asked);
        }
    }

    fn place(&self, operation: &Operation) -> &Arc<Place> {
        if operation.service.is_global() {
            &self.global
        } else {
            &self.here
        }
    }

    fn spawn(&self, open: &mut JoinSet<Answered>, question: Question) {
        self.run.progress.planned(1);
        let place = self.place(question.operation).clone();
        open.spawn(self.run.clone().ask(place, question));
    }

    /// The questions that an operation asks about an answer.
    fn questions(&self, operation: &'static Operation, answer: &Value) -> Vec<Question> {
        let about: Vec<Vec<String>> = match &operation.each {
            None => vec![Vec::new()],
            Some(each) => each
                .ids(answer, &self.here.asker.account)
                .chunks(each.batch)
                .map(<[String]>::to_vec)
                .collect(),
        };
        let variants: Vec<Option<&'static str>> = match operation.variants {
            None => vec![None],
            Some((_, values)) => values.iter().copied().map(Some).collect(),
        };
        let mut questions = Vec::new();
        for (batch, ids) in (1..).zip(about) {
            for &variant in &variants {
                questions.push(Question {
                    operation,
                    batch,
                    variant,
                    region: self.here.asker.region.clone(),
                    window: self.window,
                    dimensions: dimensions(operation, &ids, answer),
                    ids: ids.clone(),
                });
            }
        }
        questions
    }

    /// A question whose answer would have told what to ask about has none: what
    /// hangs on it is not asked, and the ledger says so.
    fn lost(
        &self,
        operation: &'static Operation,
        parent: &Operation,
        reason: &str,
        asked: &mut BTreeSet<usize>,
    ) {
        asked.insert(number(operation));
        let because = format!("{} is {reason}", parent.stem());
        let place = self.place(operation);
        let question = self.empty(operation);
        self.run.not_asked(&place.asker, &question, &because);
        let children: Vec<&'static Operation> = self.plan.children(operation.name).collect();
        for child in children {
            self.lost(child, operation, "not asked", asked);
        }
    }

    /// What hangs on lists that are empty was answered by them.
    fn nothing_to_ask(&self, asked: &BTreeSet<usize>) {
        for &operation in &self.plan.operations {
            let Some(each) = &operation.each else {
                continue;
            };
            // A walk speaks of what hangs on its own roots.
            let root = self.root_of(operation);
            let mine = root.is_some_and(|root| root.service.is_global() == self.roots_are_global);
            if mine && !asked.contains(&number(operation)) {
                let because = format!("{} lists nothing to ask about", each.of);
                let place = self.place(operation);
                let question = self.empty(operation);
                self.run.nothing_to_ask(&place.asker, &question, &because);
            }
        }
    }

    fn root_of(&self, operation: &'static Operation) -> Option<&'static Operation> {
        let mut root = operation;
        while let Some(each) = &root.each {
            root = self
                .plan
                .operations
                .iter()
                .copied()
                .find(|other| other.name == each.of)?;
        }
        Some(root)
    }

    fn empty(&self, operation: &'static Operation) -> Question {
        Question {
            window: self.window,
            ..Question::of(operation, &self.here.asker.region)
        }
    }
}

/// Entries of the table are told apart by where they are: two ask `DescribeTags`.
fn number(operation: &'static Operation) -> usize {
    std::ptr::from_ref(operation).addr()
}

/// For metrics: what the endpoints are filed under.
fn dimensions(operation: &Operation, ids: &[String], answer: &Value) -> Vec<Dimensions> {
    if operation.name != "GetMetricData" {
        return Vec::new();
    }
    let endpoints = answer.get("VpcEndpoints").and_then(Value::as_array);
    endpoints
        .into_iter()
        .flatten()
        .filter_map(|endpoint| {
            let text = |name: &str| endpoint.get(name)?.as_str().map(str::to_owned);
            let found = Dimensions {
                endpoint: text("VpcEndpointId")?,
                vpc: text("VpcId")?,
                kind: text("VpcEndpointType")?,
                service: text("ServiceName")?,
            };
            ids.contains(&found.endpoint).then_some(found)
        })
        .collect()
}

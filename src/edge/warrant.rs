//! Owns what a stream was opened with: while somebody reads, it must go on being good.

use crate::edge::credentials::{self, Secret, Standing};
use crate::edge::reply::Failure;
use std::cell::Cell;
use std::rc::Rc;
use worker::{Context, Env};

pub struct Warrant {
    env: Env,
    context: Rc<Context>,
    basis: Basis,
    revoked: Rc<Cell<bool>>,
}

/// What can be taken back.
#[derive(Clone)]
pub enum Basis {
    Secret(Secret),
    Standing(Standing),
}

impl Warrant {
    pub fn new(env: &Env, context: &Rc<Context>, basis: Basis) -> Warrant {
        Warrant { env: env.clone(), context: Rc::clone(context), basis, revoked: Rc::default() }
    }

    /// What the last look found; and looks again, beside the stream, which must not wait for the directory. A
    /// directory that does not answer revokes nothing.
    pub fn is_revoked(&self) -> bool {
        let (env, context, basis) = (self.env.clone(), Rc::clone(&self.context), self.basis.clone());
        let revoked = Rc::clone(&self.revoked);
        self.context.wait_until(async move {
            revoked.set(match basis {
                Basis::Secret(secret) => {
                    matches!(credentials::grant(&env, &context, &secret).await, Err(Failure::Problem(_)))
                }
                Basis::Standing(standing) => matches!(credentials::stands(&env, &standing).await, Ok(false)),
            });
        });
        self.revoked.get()
    }
}

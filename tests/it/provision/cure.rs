//! takk is killed after every step, on the way in and out, on servers of any kind. The same command cures it.

use crate::up::project::Checkout;

/// What is done to a server.
type Change<S> = fn(&mut S);

/// A server, and what a test of interruptions does with it.
pub(super) struct Cure<'c, S> {
    /// `postgres/default`
    pub key: &'c str,
    /// The steps of a creation.
    pub steps: &'c [&'c str],
    /// A checkout that needs one resource.
    pub checkout: fn() -> Checkout,
    /// Stores the admin address for `dev`.
    pub set_admin: fn(&Checkout, &S),
    /// Stops the server and starts it again, if it can be; takk is run in between, and has to say that it failed.
    pub restart: Option<(Change<S>, Change<S>)>,
    /// That there is one resource, which a program can use. The last argument is for messages.
    pub is_whole: fn(&Checkout, &S, &str),
    /// That nothing is left of it.
    pub is_gone: fn(&S),
}

impl<S> Cure<'_, S> {
    /// The command that removes the resource.
    fn remove(&self) -> [&str; 7] {
        ["provision", "remove", self.key, "--env", "dev", "--confirm", "dev"]
    }

    /// Kills takk after every step, in a new checkout each time.
    #[track_caller]
    pub(super) fn after_every_step(&self, server: &mut S) {
        let key = self.key;
        let written = self.steps.iter().flat_map(|step| [format!("{key}:{step}"), format!("{key}:{step}:stored")]);
        let points = [format!("{key}:reserved")].into_iter().chain(written).chain([format!("{key}:live")]);
        for (number, point) in points.enumerate() {
            let checkout = (self.checkout)();
            (self.set_admin)(&checkout, server);
            checkout.killed_after(&point, &["provision", "--env", "dev"]);
            let first = checkout.servers().first().map(|server| server["credential"].clone());
            if let Some((stop, start)) = self.restart.filter(|_| number % 4 == 1) {
                stop(server);
                assert_eq!(checkout.takk(&["provision", "--env", "dev"]).code, 1, "{point}");
                start(server);
            }
            checkout.takk(&["provision", "--env", "dev"]).done();
            checkout.is_ready();
            let servers = checkout.servers();
            let state = (servers.len(), &servers[0]["generation"], &servers[0]["state"]);
            assert_eq!(state, (1, &1.into(), &"live".into()), "{point}");
            assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials than were stored first");
            (self.is_whole)(&checkout, server, &point);
            // And on the way out.
            let out = [format!("{key}:retiring"), format!("{key}:removed")];
            checkout.killed_after(&out[number % 2], &self.remove());
            checkout.takk(&self.remove()).done();
            assert!(checkout.servers().is_empty(), "{point}");
            (self.is_gone)(server);
        }
    }

    /// Removes what somebody has taken a part of before, once for each part.
    #[track_caller]
    pub(super) fn with_half_of_it_gone<G>(&self, server: &mut S, parts: &[G], take: impl Fn(&S, &Checkout, &G)) {
        for part in parts {
            let checkout = (self.checkout)();
            (self.set_admin)(&checkout, server);
            checkout.takk(&["provision", "--env", "dev"]).done();
            take(server, &checkout, part);
            checkout.takk(&self.remove()).done();
            (self.is_gone)(server);
        }
    }
}

//! Runs the servers that a program needs: over the API of a container engine, or as processes of this machine. It knows no store and no
//! project: what is to be created, with which credentials, is passed in, and what exists is reported back.

pub mod login;

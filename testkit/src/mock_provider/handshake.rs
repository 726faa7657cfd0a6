//! The services that go-plugin opens beside a provider's own: nothing happens in them.
//!
//! Terraform opens the stdio stream and the broker on every connection and would ask the
//! controller to shut down. A provider in this process writes no output, brokers no further
//! connection and is stopped by its owner.

use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::codegen::tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::protocol::goplugin::grpc_broker_server::GrpcBroker;
use super::protocol::goplugin::grpc_controller_server::GrpcController;
use super::protocol::goplugin::grpc_stdio_server::GrpcStdio;
use super::protocol::goplugin::{ConnInfo, Empty, StdioData};

#[derive(Debug)]
pub(super) struct Controller;

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        Ok(Response::new(Empty {}))
    }
}

/// A stream that stays open and never says anything.
#[derive(Debug)]
pub(super) struct Silence<T>(std::marker::PhantomData<fn() -> T>);

impl<T> Stream for Silence<T> {
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Pending
    }
}

#[derive(Debug)]
pub(super) struct Stdio;

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Silence<StdioData>;

    async fn stream_stdio(
        &self,
        _: Request<Empty>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(Silence(std::marker::PhantomData)))
    }
}

#[derive(Debug)]
pub(super) struct Broker;

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Silence<ConnInfo>;

    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(Response::new(Silence(std::marker::PhantomData)))
    }
}

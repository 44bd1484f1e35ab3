#include "torture/programs/load_peers.hpp"

#include <etcd_kv.grpc.pb.h>
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <memory>

namespace aiex::test {

namespace {

constexpr std::chrono::seconds deadline{5};

etcdserverpb::TxnRequest transaction(const load_append& asked) {
  etcdserverpb::TxnRequest request;
  auto& compare = *request.add_compare();
  compare.set_key(asked.stream);
  compare.set_version(static_cast<std::int64_t>(asked.expected));
  auto& put = *request.add_success()->mutable_request_put();
  put.set_key(asked.stream);
  put.set_value(fmt::format(R"({{"id":"{}","data":{}}})", asked.id, asked.data));
  return request;
}

} // namespace

load_appender open_etcd(const std::string& node) {
  grpc::ChannelArguments own; // a connection for each writer, as ours has
  own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const std::shared_ptr<etcdserverpb::KV::Stub> etcd = etcdserverpb::KV::NewStub(
    grpc::CreateCustomChannel(node, grpc::InsecureChannelCredentials(), own));
  return [etcd](const load_append& asked) {
    grpc::ClientContext call;
    call.set_deadline(std::chrono::system_clock::now() + deadline);
    call.set_wait_for_ready(true);
    etcdserverpb::TxnResponse answer;
    return etcd->Txn(&call, transaction(asked), &answer).ok() && answer.succeeded();
  };
}

} // namespace aiex::test

#include "aiex/explanation.hpp"

#include "aiex/exit_code.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiex::tool {

const std::vector<explanation>& explanations() {
  static const std::vector<explanation> all{
    {errc::invalid_argument, "The request is not one that can be asked for.",
      "The message names the argument; `aiex VERB --help` has examples."},
    {errc::invalid_id, "An id is not a UUID, or is the nil one.",
      "Give a UUID of any version, or none: then one is made."},
    {errc::invalid_stream,
      "A stream's name is not 1 to 255 bytes of UTF-8 without control characters.",
      "Use a name as account-42: the category, a hyphen, the id."},
    {errc::invalid_type,
      "An event's type is not 1 to 255 bytes of UTF-8 without control characters.",
      "Use a name as money_deposited."},
    {errc::invalid_data, "Data is not the JSON that it claims to be.",
      "Correct it; in a shell it stands in single quotes."},
    {errc::invalid_metadata, "Metadata is not a JSON object.", "Give an object, or none."},
    {errc::invalid_tag, "A tag is not 1 to 255 bytes of UTF-8 without control characters.",
      "Correct or leave out the tag that the message names."},
    {errc::invalid_correlation_id, "A correlation or causation id is not text of 1 to 255 bytes.",
      "Give a shorter text, or none: then the event's own id counts."},
    {errc::missing_required_fields, "Something that must be given was not.",
      "The message names what is missing."},
    {errc::data_too_large, "Data, a request or an answer has more bytes than its limit.",
      "Keep large values outside and record where they are, or ask for less with --limit."},
    {errc::batch_too_large, "One append has more events or bytes than a batch may have.",
      "Append in several batches, each with the version that the one before answered."},
    {errc::too_many_tags, "An event has more tags than it may have.",
      "Use fewer, or put them into its metadata."},
    {errc::reserved_name, "A name begins with $, as only the system's own do.",
      "Use another name."},
    {errc::state_too_large, "The state of a projection or an aggregate has outgrown its limit.",
      "Keep rows instead of one state, or less in it."},
    {errc::unknown_type, "This node knows no such command, aggregate or category.",
      "Look for the name in the program's list, or ask the node that runs it."},
    {errc::invalid_history, "A position or a cursor cannot be one of this store.",
      "Begin again without it."},
    {errc::wrong_expected_version,
      "Somebody else appended first: the stream is at another version.",
      "Read the stream again, decide again, retry; or say --expect any."},
    {errc::duplicate_id, "The id is in the log already, with other content or in another place.",
      "Use a new id for a new event; to repeat an append, repeat it as it was."},
    {errc::already_exists, "It is there already, and is not replaced.",
      "Choose another name, or say that it may be replaced where that is possible."},
    {errc::history_changed, "The store was restored: what you hold belongs to an older history.",
      "Read again from the beginning; positions and cursors of before lead nowhere."},
    {errc::stale_epoch, "The writer no longer owns what it writes for.",
      "Somebody else has taken over; ask who, and let that one write."},
    {errc::not_found, "There is nothing of this name.", "Check the name."},
    {errc::session_not_found, "There is no session of this id.",
      "Look for it in `aiex session list`."},
    {errc::overloaded, "The node has more to do than it lets in.",
      "Ask again in a moment; nothing was done."},
    {errc::time_out, "There was no answer in time.",
      "Look whether it was done before you repeat it; wait longer with --timeout."},
    {errc::unknown_outcome, "The answer was lost: it may have been done or not.",
      "Repeat it with the same id, which does it once at most."},
    {errc::store_full, "The store or its disk has no room; reading goes on.",
      "Make room on the disk, or move the folder to a larger one."},
    {errc::no_quorum, "A majority of the cluster does not answer, so nothing is written.",
      "Bring nodes back; reading goes on."},
    {errc::in_use, "Another process has the folder open, or listens at the address.",
      "Stop that one, or name another folder or address."},
    {errc::unreachable, "No node answers at the address.",
      "Start one, or name another with --node or AIEX_NODE."},
    {errc::not_leader, "Another node leads the cluster, and only the leader decides.",
      "Ask the one that the message names."},
    {errc::corrupt, "What was read is not what was written: a digest does not fit.",
      "Run `aiex store verify`, keep the folder as it is, and restore it from a backup."},
    {errc::checksum_mismatch, "A file or a message was changed or cut off on its way.",
      "Copy it again; if it is a backup, take another one."},
    {errc::unknown_version, "A format, a schema or a protocol is newer than this program.",
      "Use a program at least as new as the one that wrote it."},
    {errc::lost_events, "The log ends before what was acknowledged: the disk lost what it had.",
      "Restore the folder from a backup."},
    {errc::refused, "The aggregate refuses the command; the message is its reason.",
      "Nothing was recorded. Ask for something that it allows."},
    {errc::io, "The system refused to read or write; the message has its words.",
      "Look at the disk and at permissions, then start the node again."},
    {errc::stopped, "What should answer has ended, or the call was interrupted.",
      "Look at `aiex status`, then ask again."},
    {errc::denied, "You may not do this here.",
      "Use an address of this machine, or a certificate of the cluster with the role it needs."},
    {errc::session_closed, "The session is closed or archived: it takes no more commands.",
      "Read it, or create another one."},
  };
  return all;
}

result<explanation> explain(std::string_view code) {
  const auto found = std::ranges::find_if(
    explanations(), [code](const explanation& each) { return name(each.code) == code; });
  if (found == explanations().end())
    return fail(errc::invalid_argument,
      "there is no code \"" + std::string(code) + "\"; `aiex explain` lists them");
  return *found;
}

std::string to_line(const explanation& row) {
  const nlohmann::ordered_json object{{"code", name(row.code)}, {"exit", exit_code_of(row.code)},
    {"meaning", row.meaning}, {"what_to_do", row.what_to_do}};
  return object.dump() + "\n";
}

} // namespace aiex::tool
